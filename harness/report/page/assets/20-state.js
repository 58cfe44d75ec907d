// What is chosen, and who is told when it changes.

let DATA = null;
const state = {
  measure: null, cost: null, pruning: 0, systems: new Set(), baseline: null,
  sort: null, descending: false, filter: "", columns: null, differences: true,
  one: null, other: null, search: "", shown: 40,
};
const listeners = [];

function onChange(listener) {
  listeners.push(listener);
}

function change(parts) {
  Object.assign(state, parts);
  for (const listener of listeners) listener(Object.keys(parts));
}

function begin(data) {
  DATA = data;
  DATA.systems = [...new Set(data.points.map((point) => point.system))];
  const cost = (pruning) => d3.mean(data.points.filter((p) => p.pruning === pruning), (p) => p.values.postings) || 0;
  const prunings = [...new Set(data.points.map((point) => point.pruning))].filter((pruning) => pruning);
  DATA.prunings = prunings.sort((a, b) => cost(b) - cost(a));
  state.measure = data.measures[0] || null;
  state.cost = data.costs.length ? data.costs[0].key : null;
  state.systems = new Set(DATA.systems);
  state.baseline = data.baseline;
  state.columns = new Set(data.columns.map((column) => column.key));
  chooseTwo();
}

// The two whose queries are compared: the best one, and the baseline or the next best.
function chooseTwo() {
  const points = DATA.points.map((point, place) => place);
  const value = (place) => DATA.points[place].values[state.measure] ?? -Infinity;
  const learned = points.filter((place) => !DATA.points[place].bm25);
  const best = d3.greatest(learned.length ? learned : points, value) ?? 0;
  const other = state.baseline !== null && state.baseline !== best ? state.baseline : points.find((place) => place !== best);
  state.one = best;
  state.other = other === undefined ? best : other;
}

function chosenPruning() {
  return state.pruning ? DATA.prunings[state.pruning - 1] : null;
}

function isOn(point) {
  return state.systems.has(point.system);
}

// Whether the slider speaks of this point: at its left end of all; a point without pruning always.
function isMeant(point) {
  const pruning = chosenPruning();
  return pruning === null || !point.pruning || point.pruning === pruning;
}

function named(point) {
  const same = DATA.points.filter((other) => other.system === point.system && other.pruning === point.pruning);
  return same.length > 1 ? point.name : (point.system + " " + point.pruning).trim();
}

function isBudget(system) {
  return DATA.points.some((point) => point.system === system && point.bm25);
}

function learnedPlace(system) {
  return DATA.systems.filter((name) => !isBudget(name)).indexOf(system);
}

function colourOf(system) {
  return isBudget(system) ? cssColour("--budget") : cssColour("--c" + (learnedPlace(system) % 6));
}

// Colours are six; further systems differ in the shape of their dots.
function symbolOf(system) {
  return isBudget(system) ? "star" : ["circle", "square", "triangle", "diamond2"][Math.floor(learnedPlace(system) / 6) % 4];
}
