// Training curves, where the encoder's folder has them.

function drawCurves() {
  const holder = document.getElementById("curves");
  document.getElementById("curves-section").hidden = !DATA.curves.length;
  const parts = DATA.curves.filter((one) => state.systems.has(one.system)).flatMap((one) =>
    Object.entries(one.curves).map(([name, rows]) => small(`${one.system}, ${one.stage}: ${name.replace(/^eval_/, "held-out ").replaceAll("_", " ")}`, "", {
      x: { label: "step" }, y: { grid: true, label: null, tickFormat: short },
      marks: [
        Plot.line(rows, { x: "0", y: "1", stroke: colourOf(one.system), strokeWidth: 1.6 }),
        Plot.tip(rows, Plot.pointer({ x: "0", y: "1", title: ([step, value]) => `step ${step.toLocaleString("en-US")}: ${value}`, fill: "var(--paper)", stroke: "var(--line)" })),
      ],
    })));
  holder.replaceChildren(el("div", { class: "grid" }, ...parts));
  parts.forEach((part) => part.drawn());
}
