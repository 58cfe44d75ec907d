// Distributions: lists, documents, weights, costs of queries; and the lists that make up a cost.

function small(title, note, options) {
  const holder = el("div", {}, el("h3", {}, title));
  const figure = el("figure", { role: "img", "aria-label": title });
  holder.append(figure, el("p", { class: "note" }, note));
  holder.drawn = () => figure.replaceChildren(Plot.plot({
    width: Math.max(260, figure.clientWidth), height: 220, marginLeft: 56, marginBottom: 38,
    style: { background: "transparent", color: "var(--ink)", fontSize: "11px" }, color: { type: "identity" }, ...options }));
  return holder;
}

function dash(pruning) {
  return ["", "6,3", "2,3", "8,3,2,3"][Math.max(0, DATA.prunings.indexOf(pruning)) % 4];
}

function indexesShown() {
  return DATA.lists.indexes.map((index) => ({ ...index, points: DATA.points.filter((point) => index.points.includes(point.name)) }))
    .filter((index) => index.points.length && index.points.some((point) => isOn(point) && isMeant(point)))
    .map((index) => ({ ...index, label: `${index.points[0].system} ${index.points.map((point) => point.pruning).filter(Boolean).join(", ")}`.trim() }));
}

function linesOf(rows, x, y) {
  const lines = d3.groups(rows, (row) => row.label);
  return [
    ...lines.map(([, own]) => Plot.line(own, { x, y, stroke: colourOf(own[0].system), strokeDasharray: dash(own[0].pruning), strokeWidth: 1.6 })),
    Plot.tip(rows, Plot.pointer({ x, y, title: (row) => `${row.label}\n${row.said}`, fill: "var(--paper)", stroke: "var(--line)" })),
  ];
}

function histogram(indexes, part) {
  return indexes.filter((index) => index[part] && index[part].counts.length).flatMap((index) => {
    const { from, to, counts } = index[part];
    const width = (to - from) / counts.length;
    const total = d3.sum(counts) || 1;
    return counts.map((count, i) => ({ label: index.label, system: index.system, pruning: index.points?.[0]?.pruning || "", x: from + (i + 0.5) * width, share: count / total,
      said: `${shown(from + i * width, width < 1 ? 2 : 0)} to ${shown(from + (i + 1) * width, width < 1 ? 2 : 0)}: ${(100 * count / total).toFixed(1)}%` }));
  });
}

function lengths(indexes) {
  return indexes.flatMap((index) => index.lengths.map((count, power) => ({ label: index.label, system: index.system, pruning: index.points?.[0]?.pruning || "",
    x: 2 ** power, count, said: `${(2 ** power).toLocaleString("en-US")} to ${(2 ** (power + 1) - 1).toLocaleString("en-US")} postings: ${count.toLocaleString("en-US")} lists` }))).filter((row) => row.count);
}

function perQuery() {
  const points = DATA.points.map((point, place) => ({ point, place })).filter(({ point }) => isOn(point) && isMeant(point));
  return points.flatMap(({ point, place }) => {
    const values = (DATA.values.postings?.[place] || []).filter((value) => value >= 0).map((value) => value / DATA.scales.postings).sort(d3.ascending);
    return values.length ? d3.range(0, 101, 2).map((percent) => ({ label: named(point), system: point.system, pruning: point.pruning, percent,
      postings: Math.max(1, d3.quantileSorted(values, percent / 100)), said: `${percent}% of the queries read at most ${shown(d3.quantileSorted(values, percent / 100), 0)}` })) : [];
  });
}

function drawLists() {
  const holder = document.getElementById("lists");
  const parts = [];
  const queries = perQuery();
  if (queries.length) parts.push(small("Postings a query", "Read: x% of the queries read at most so many postings.", { x: { label: "% of the queries" }, y: { type: "log", label: "postings", grid: true, tickFormat: short }, marks: linesOf(queries, "percent", "postings") }));
  if (DATA.lists) parts.push(...indexParts(indexesShown()), costly());
  holder.replaceChildren(el("div", { class: "grid" }, ...parts));
  parts.forEach((part) => part.drawn && part.drawn());
  document.getElementById("lists-section").hidden = !parts.length;
}

function indexParts(indexes) {
  const share = { label: "share", grid: true, tickFormat: "%" };
  const before = Object.entries(DATA.lists.systems).filter(([system]) => state.systems.has(system)).map(([system, told]) => ({ system, label: `${system}, before pruning`, ...told }));
  const [terms, weights, impacts] = [histogram([...before, ...indexes], "terms"), histogram(before, "weights"), histogram(indexes, "impacts")];
  return [
    small("Lengths of postings lists", "Lists by length, in powers of two, before pruning and in each index; dashed: more strictly pruned.", { x: { type: "log", label: "postings of a list", tickFormat: short }, y: { type: "log", label: "lists", grid: true, tickFormat: short }, marks: linesOf(lengths([...before, ...indexes]), "x", "count") }),
    terms.length ? small("Terms a document", "Before pruning, and in each index.", { x: { label: "terms" }, y: share, marks: linesOf(terms, "x", "share") }) : null,
    weights.length ? small("Weights of documents", "As the encoder gives them, before pruning and rounding.", { x: { label: "weight" }, y: share, marks: linesOf(weights, "x", "share") }) : null,
    impacts.length ? small("Impacts in the index", "After pruning and rounding.", { x: { label: "impact" }, y: share, marks: linesOf(impacts, "x", "share") }) : null,
  ].filter(Boolean);
}

function costly() {
  const point = DATA.points[state.one];
  const found = DATA.lists.points[point.name];
  const holder = el("div", {}, el("h3", {}, `${named(point)}: the lists that cost most`));
  if (!found) return holder;
  const rows = found.costly.slice(0, 12).map((one) => el("tr", {}, el("td", {}, one.term), el("td", { class: "n" }, shown(one.length, 0)), el("td", { class: "n" }, shown(one.queries, 0)), el("td", { class: "n" }, `${(100 * one.share).toFixed(1)}%`)));
  const head = ["term", "postings", "queries", "share"].map((text, i) => el("th", { class: i ? "n" : null }, text));
  const first = Object.entries(found.first).map(([n, share]) => `${Number(n).toLocaleString("en-US")}: ${(100 * share).toFixed(0)}%`).join(", ");
  holder.append(el("div", { class: "scroll" }, el("table", { id: "costly" }, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows))),
    el("p", { class: "note" }, `Of all postings that these queries read, so many lie in the most expensive lists: ${first}.`));
  return holder;
}
