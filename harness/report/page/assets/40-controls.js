// One row of choices above everything: what plot, table and queries show.

function controls() {
  const form = document.getElementById("controls");
  form.addEventListener("submit", (event) => event.preventDefault());
  const measures = DATA.measures.map((name) => [name, name]);
  const costs = DATA.costs.map((cost) => [cost.key, cost.label]);
  if (measures.length) form.append(field("Effectiveness", select(measures, state.measure, (measure) => change({ measure }), "measure")));
  if (costs.length) form.append(field("Cost", select(costs, state.cost, (cost) => change({ cost }), "cost")));
  if (DATA.prunings.length > 1) form.append(field("Pruning", pruningSlider()));
  if (DATA.systems.length > 1) form.append(systemBoxes());
}

function pruningSlider() {
  const said = el("output", { id: "pruning-said" }, "all");
  const slider = el("input", {
    type: "range", id: "pruning", min: 0, max: DATA.prunings.length, step: 1, value: 0,
    "aria-label": "Pruning, from all over the most expensive to the cheapest",
    oninput: () => change({ pruning: Number(slider.value), ...twoAt(Number(slider.value)) }),
  });
  onChange(() => { said.textContent = chosenPruning() || "all"; });
  return el("span", {}, slider, " ", said);
}

// The same two systems at the pruning that the slider says.
function twoAt(position) {
  const pruning = position ? DATA.prunings[position - 1] : null;
  const moved = (place) => {
    const point = DATA.points[place];
    if (pruning === null || !point.pruning) return place;
    const found = DATA.points.findIndex((other) => other.system === point.system && other.pruning === pruning);
    return found < 0 ? place : found;
  };
  const [one, other] = [moved(state.one), moved(state.other)];
  return one === other ? {} : { one, other };
}

function systemBoxes() {
  const boxes = DATA.systems.map((system) => {
    const box = el("input", { type: "checkbox", checked: true, value: system, onchange: () => toggle(system, box.checked) });
    const swatch = el("span", { class: "swatch" });
    swatch.style.background = colourOf(system);
    return el("label", {}, box, " ", swatch, system);
  });
  return el("fieldset", { id: "systems", "aria-label": "Systems" }, ...boxes);
}

function toggle(system, on) {
  const systems = new Set(state.systems);
  if (on) systems.add(system);
  else systems.delete(system);
  change({ systems });
}
