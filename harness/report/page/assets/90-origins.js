// Of every point: what is recorded, and the commands that make its numbers again.

function drawOrigins() {
  const holder = document.getElementById("points");
  holder.replaceChildren(...DATA.points.map((point) => {
    const facts = el("dl", {}, ...point.facts.flatMap(([key, value]) => [el("dt", {}, key), el("dd", {}, value)]));
    const commands = point.commands.length ? [el("p", { class: "note" }, "Again, all of it and then this point alone:"), el("pre", {}, point.commands.join("\n"))] : [];
    const notes = point.notes.map((note) => el("p", { class: "note" }, note));
    return el("details", { "data-name": point.name }, el("summary", {}, named(point)), ...notes, ...commands, facts);
  }));
}
