// Effectiveness against cost: a line a system, a dot a pruning, the Pareto front, intervals.

const MOST_LABELS = 24;

function placed() {
  return DATA.points
    .map((point) => ({ point, x: point.values[state.cost], y: point.values[state.measure], ends: point.ends[state.measure] || [null, null] }))
    .filter((one) => one.x !== null && one.x !== undefined && one.y !== null && one.y !== undefined && isOn(one.point));
}

function front(places) {
  let best = -Infinity;
  const sorted = [...places].sort((a, b) => a.x - b.x || b.y - a.y);
  return sorted.filter((one) => one.y > best && ((best = one.y), true));
}

function told(one) {
  const cost = DATA.costs.find((c) => c.key === state.cost);
  const lines = [named(one.point)];
  for (const measure of DATA.measures) {
    const [value, ends] = [one.point.values[measure], one.point.ends[measure]];
    if (value === null || value === undefined) continue;
    const interval = ends && ends[0] !== null ? `, 95% interval ${ends[0].toFixed(3)} to ${ends[1].toFixed(3)}` : "";
    lines.push(`${measure} ${value.toFixed(3)}${interval}`);
  }
  lines.push(`${cost.label}: ${shown(one.x, digitsOf([one.x]))}`);
  return lines.join("\n");
}

function drawPlot() {
  const figure = document.getElementById("plot");
  const places = placed();
  const note = document.getElementById("plot-note");
  if (!places.length) {
    figure.replaceChildren();
    note.textContent = DATA.costs.length ? "Nothing that is chosen has both this measure and this cost." : "These runs have no costs beside them, so there is nothing to draw them against.";
    return;
  }
  const costs = places.map((one) => one.x);
  const logarithmic = d3.min(costs) > 0 && d3.max(costs) / d3.min(costs) > 8;
  const cost = DATA.costs.find((c) => c.key === state.cost);
  const faint = (one) => (isMeant(one.point) ? 1 : 0.25);
  const lines = d3.groups(places.filter((one) => !one.point.bm25), (one) => one.point.system)
    .flatMap(([, own]) => own.sort((a, b) => a.x - b.x));
  const budget = places.filter((one) => one.point.bm25);
  const width = wide(figure);
  figure.replaceChildren(Plot.plot({
    width, height: Math.max(300, Math.min(460, width * 0.55)), marginLeft: 52, marginBottom: 52, marginRight: width > 600 ? 40 : 16,
    style: { background: "transparent", color: "var(--ink)", fontSize: "12px", overflow: "visible" },
    x: { type: logarithmic ? "log" : "linear", label: cost.label + (logarithmic ? " (log scale)" : ""), grid: true, ticks: width > 600 ? 8 : 4, tickFormat: short, insetLeft: 12, insetRight: 24 },
    y: { label: state.measure, grid: true, insetTop: 14, insetBottom: 8 },
    marks: [
      Plot.ruleY(budget, { y: "y", stroke: "var(--budget)", strokeDasharray: "4,4", strokeOpacity: 0.5 }),
      Plot.ruleX(budget, { x: "x", stroke: "var(--budget)", strokeDasharray: "4,4", strokeOpacity: 0.5 }),
      Plot.line(front(places), { x: "x", y: "y", curve: "step-after", stroke: "var(--soft)", strokeWidth: 6, strokeOpacity: 0.22, className: "front" }),
      Plot.line(lines, { x: "x", y: "y", z: (one) => one.point.system, stroke: (one) => colourOf(one.point.system), strokeWidth: 1.6, strokeOpacity: state.pruning ? 0.35 : 1 }),
      Plot.ruleX(places.filter((one) => one.ends[0] !== null), { x: "x", y1: (one) => one.ends[0], y2: (one) => one.ends[1], stroke: (one) => colourOf(one.point.system), strokeOpacity: (one) => 0.5 * faint(one) }),
      Plot.dot(places, { x: "x", y: "y", fill: (one) => colourOf(one.point.system), r: (one) => (one.point.bm25 ? 7 : 5), symbol: (one) => symbolOf(one.point.system), fillOpacity: faint, className: "points" }),
      Plot.text((width > 480 && places.length <= MOST_LABELS) || state.pruning ? places.filter((one) => isMeant(one.point)) : [], { x: "x", y: "y", text: (one) => (one.point.bm25 ? one.point.system : one.point.pruning), dy: -11, fontSize: 11, fill: "var(--ink)", stroke: "var(--paper)", strokeWidth: 3 }),
      Plot.tip(places, Plot.pointer({ x: "x", y: "y", title: told, fill: "var(--paper)", stroke: "var(--line)", fontSize: 12 })),
    ],
    color: { type: "identity" }, symbol: { type: "identity" }, opacity: { type: "identity" },
  }));
  note.textContent = "Bars: 95% bootstrap intervals of the means. Grey band: the Pareto front of what is shown" + (budget.length ? "; star and dashed lines: BM25." : ".");
}
