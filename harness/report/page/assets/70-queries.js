// All queries by the difference between two points; each opens into what stands behind it.

const ROWS = 40;
let DETAILS = {};

function valueOf(measure, place, query) {
  const number = DATA.values[measure]?.[place]?.[query];
  return number === undefined || number === -1 ? null : number / DATA.scales[measure];
}

function compared() {
  const rows = DATA.queries.ids.map((id, query) => {
    const [one, other] = [valueOf(state.measure, state.one, query), valueOf(state.measure, state.other, query)];
    return { query, id, text: DATA.queries.texts[query], one, other, difference: one === null || other === null ? null : one - other };
  });
  return rows.filter((row) => row.difference !== null).sort((a, b) => b.difference - a.difference || d3.ascending(a.id, b.id));
}

function sought(rows) {
  const wanted = state.search.trim().toLowerCase();
  const found = wanted ? rows.filter((row) => `${row.id} ${row.text}`.toLowerCase().includes(wanted)) : rows;
  return state.turned ? [...found].reverse() : found;
}

function drawQueries() {
  const rows = compared();
  const found = sought(rows);
  const [wins, losses] = [rows.filter((row) => row.difference > 0).length, rows.filter((row) => row.difference < 0).length];
  document.getElementById("query-note").textContent =
    `${named(DATA.points[state.one])} is better on ${wins.toLocaleString("en-US")} queries, worse on ${losses.toLocaleString("en-US")}, equal on ${(rows.length - wins - losses).toLocaleString("en-US")}. ${heldNote()}`;
  drawDifferences(rows);
  const list = document.getElementById("queries");
  list.replaceChildren(...found.slice(0, state.shown).map(queryRow));
  if (found.length > state.shown) {
    list.append(el("button", { type: "button", class: "plain", id: "more", onclick: () => change({ shown: state.shown + ROWS * 2 }) }, `${(found.length - state.shown).toLocaleString("en-US")} more`));
  }
  if (!found.length) list.append(el("p", { class: "note" }, "No query is like this."));
}

function heldNote() {
  const { served, evidence, serve } = document.body.dataset;
  if (served === "1") return "All of them can be opened.";
  if (!evidence) return "";
  const held = Object.keys(DETAILS).length;
  if (held === DATA.queries.ids.length) return "";
  return `${held.toLocaleString("en-US")} of them, marked ●, can be opened here: those that tell systems apart most, and some drawn at random. The rest is in ${evidence}; ${serve} opens all.`;
}

function drawDifferences(rows) {
  const figure = document.getElementById("differences");
  const width = wide(figure);
  figure.replaceChildren(Plot.plot({
    width, height: 130, marginLeft: 52, marginBottom: 36, style: { background: "transparent", color: "var(--ink)", fontSize: "11px" },
    x: { label: "queries, sorted", ticks: width > 600 ? 8 : 4, tickFormat: (x) => x.toLocaleString("en-US") },
    y: { label: `difference in ${state.measure}`, grid: true, ticks: 4 },
    marks: [
      Plot.areaY(rows, { x: (row, i) => i + 1, y: (row) => Math.max(0, row.difference), fill: "var(--good)", fillOpacity: 0.6, curve: "step" }),
      Plot.areaY(rows, { x: (row, i) => i + 1, y: (row) => Math.min(0, row.difference), fill: "var(--bad)", fillOpacity: 0.6, curve: "step" }),
      Plot.ruleY([0], { stroke: "var(--soft)" }),
    ],
  }));
}

function queryRow(row) {
  const held = document.body.dataset.served === "1" || DETAILS[row.id] !== undefined;
  const opened = el("div", { class: "opened", hidden: true });
  const side = row.difference > 0 ? "up" : row.difference < 0 ? "down" : null;
  const button = el("button", { type: "button", "aria-expanded": "false", onclick: () => toggleQuery(row, button, opened) },
    el("span", { class: side }, signed(row.difference, 3)), el("span", {}, row.one.toFixed(3)), el("span", {}, row.other.toFixed(3)),
    el("span", {}, held ? "● " : "", row.text || row.id));
  return el("div", { class: "query", "data-query": row.id }, button, opened);
}

async function toggleQuery(row, button, opened) {
  const open = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!open));
  opened.hidden = open;
  if (!open) opened.replaceChildren(...opening(row, await detailOf(row.id)));
}

async function detailOf(id) {
  if (DETAILS[id] !== undefined || document.body.dataset.served !== "1") return DETAILS[id];
  const answer = await fetch("query?id=" + encodeURIComponent(id));
  if (answer.ok) DETAILS[id] = await answer.json();
  return DETAILS[id];
}

function queryTools() {
  const points = DATA.points.map((point, place) => [String(place), named(point)]);
  const search = el("input", { type: "search", id: "search", placeholder: "words of a query", oninput: () => change({ search: search.value, shown: ROWS }) });
  const holder = document.getElementById("query-tools");
  const draw = () => holder.replaceChildren(
    field("One system", select(points, String(state.one), (value) => change({ one: Number(value) }), "one")),
    field("The other", select(points, String(state.other), (value) => change({ other: Number(value) }), "other")),
    field("Search", search),
    el("button", { type: "button", class: "plain", id: "turn", onclick: () => change({ turned: !state.turned, shown: ROWS }) }, state.turned ? "losses first" : "wins first"));
  draw();
  onChange((parts) => { if (["one", "other", "turned"].some((part) => parts.includes(part))) draw(); });
}
