// The table: sorted, filtered, with the columns chosen, against the baseline chosen.

function orderedRows() {
  const wanted = state.filter.trim().toLowerCase();
  const rows = DATA.points.map((point, place) => ({ point, place })).filter(({ point }) =>
    isOn(point) && (!wanted || `${point.name} ${point.system} ${point.pruning}`.toLowerCase().includes(wanted)));
  if (state.sort === null) return rows;
  const value = ({ point }) => point.values[state.sort];
  const sign = state.descending ? -1 : 1;
  return rows.sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || x === undefined || y === null || y === undefined) return (x === null || x === undefined) - (y === null || y === undefined);
    return sign * (typeof x === "string" ? x.localeCompare(y) : x - y) || a.place - b.place;
  });
}

function chosenColumns() {
  return DATA.columns.filter((column) => state.columns.has(column.key));
}

function bestOf(column, rows) {
  if (column.better === null || rows.length < 2) return null;
  const values = rows.map(({ point }) => point.values[column.key]).filter((value) => typeof value === "number");
  if (values.length < 2) return null;
  return shown(column.better ? d3.max(values) : d3.min(values), column.digits);
}

function drawTable() {
  const [rows, columns, tests] = [orderedRows(), chosenColumns(), differences()];
  const head = columns.map((column) => {
    const sorted = state.sort === column.key ? (state.descending ? "descending" : "ascending") : "none";
    const arrow = sorted === "none" ? "" : state.descending ? " ↓" : " ↑";
    return el("th", { class: column.digits === null ? null : "n", "aria-sort": sorted },
      el("button", { type: "button", onclick: () => sortBy(column) }, column.label + arrow));
  });
  const best = new Map(columns.map((column) => [column.key, bestOf(column, rows)]));
  const body = rows.map(({ point, place }) => el("tr", { class: rowClass(point, place), "data-name": point.name },
    ...columns.map((column, i) => cell(column, point, place, best.get(column.key), tests, i === 0))));
  document.getElementById("table").replaceChildren(el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body)));
  const first = tests.values().next().value;
  document.getElementById("table-note").textContent = first
    ? `▲ ▼: above or below ${named(DATA.points[state.baseline])}, p < 0.05 (paired permutation test, Holm over ${first.tests} comparisons, ${DATA.queries.ids.length.toLocaleString("en-US")} queries). Small: the difference; hover for its 95% interval and p.`
    : "";
}

// The tests in full, for those who publish them.
function drawTests() {
  const tests = [...differences().values()].filter((test) => isOn(DATA.points[test.place]));
  const holder = document.getElementById("tests");
  holder.hidden = !tests.length;
  if (!tests.length) return;
  const p = (value) => (value < 0.00005 ? "<0.0001" : value.toFixed(4));
  const head = ["system", "measure", "difference", "95% interval", "p", "p (Holm)"].map((text, i) => el("th", { class: i > 1 ? "n" : null }, text));
  const body = tests.map((test) => el("tr", {}, el("td", {}, named(DATA.points[test.place])), el("td", {}, test.measure),
    el("td", { class: "n" }, signed(test.difference, 4)), el("td", { class: "n" }, `${signed(test.low, 4)} to ${signed(test.high, 4)}`),
    el("td", { class: "n" }, p(test.p)), el("td", { class: "n" }, p(test.holm))));
  holder.replaceChildren(el("summary", {}, `Differences from ${named(DATA.points[state.baseline])}`),
    el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body))));
}

function rowClass(point, place) {
  return [place === state.baseline ? "baseline" : "", isMeant(point) ? "" : "faded"].join(" ").trim() || null;
}

function cell(column, point, place, best, tests, first) {
  const text = shown(point.values[column.key], column.digits);
  const test = tests.get(column.key + " " + place);
  const made = el("td", { class: column.digits === null ? null : "n" },
    text === best ? el("strong", {}, text) : text, first && place === state.baseline ? " (baseline)" : "");
  if (test && state.differences) {
    const mark = markOf(test);
    made.append(el("small", { class: mark === "▲" ? "up" : mark === "▼" ? "down" : null }, `${signed(test.difference, 3)} ${mark}`));
    made.title = `95% interval ${signed(test.low, 3)} to ${signed(test.high, 3)}; p = ${test.p.toPrecision(2)}, corrected ${test.holm.toPrecision(2)}`;
  }
  return made;
}

function sortBy(column) {
  const again = state.sort === column.key;
  const first = column.better === true;
  if (again && state.descending !== first) change({ sort: null });
  else change({ sort: column.key, descending: again ? !state.descending : first });
}

function tableTools() {
  const tools = document.getElementById("table-tools");
  const filter = el("input", { type: "search", id: "filter", placeholder: "system or pruning", oninput: () => change({ filter: filter.value }) });
  const none = [["", "none"]];
  const points = DATA.points.map((point, place) => [String(place), named(point)]);
  const base = state.baseline === null ? "" : String(state.baseline);
  tools.append(field("Filter", filter),
    field("Tested against", select([...none, ...points], base, (value) => change({ baseline: value === "" ? null : Number(value) }), "baseline")),
    columnChooser(), ...copyButtons());
}

function columnChooser() {
  const boxes = DATA.columns.map((column) => {
    const box = el("input", { type: "checkbox", checked: true, value: column.key, onchange: () => {
      const columns = new Set(state.columns);
      if (box.checked) columns.add(column.key);
      else columns.delete(column.key);
      change({ columns });
    } });
    return el("label", { style: "display:block" }, box, " ", column.label);
  });
  const differences = el("input", { type: "checkbox", checked: true, id: "with-differences", onchange: () => change({ differences: differences.checked }) });
  return el("details", { class: "tool", id: "columns" }, el("summary", {}, "Columns"),
    el("div", {}, ...boxes, el("label", { style: "display:block" }, differences, " differences")));
}
