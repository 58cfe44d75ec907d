// One query: its terms before and after each pruning, and the best results of both systems.

const MOST_TERMS = 40;
const MOST_SHARES = 6;

function opening(row, detail) {
  const name = el("p", { class: "note" }, `${row.id}. ${row.text}`);
  if (!detail) {
    const { evidence, serve } = document.body.dataset;
    return [name, el("p", { class: "note" }, evidence ? `What stands behind this query is in ${evidence}; ${serve} opens it.` : "Nothing more is known of it: these runs came without texts. Give --dataset to the report.")];
  }
  const places = [...new Set([state.one, state.other])];
  const systems = [...new Set(places.map((place) => DATA.points[place].system))];
  return [name,
    el("div", { class: "sides" }, ...systems.map((system) => termsOf(system, detail))),
    el("div", { class: "sides" }, ...places.map((place) => resultsOf(place, detail)))];
}

// Rows: terms; columns: what each pruning of the system left of them.
function termsOf(system, detail) {
  const asked = detail.asked.filter(([place]) => DATA.points[place].system === system);
  if (!asked.length) return el("div", {}, el("h3", {}, system), el("p", { class: "note" }, "Its query's terms are not known."));
  const kept = asked.map(([place, terms]) => [DATA.points[place], new Map(terms.map((term) => [term[0], term]))]);
  const terms = asked[0][1];
  const head = ["term", "weight", ...kept.map(([point]) => point.pruning || "searched")];
  const body = terms.slice(0, MOST_TERMS).map(([number, weight, , , own]) => {
    const badges = own ? "" : el("span", { class: "badge" }, "added");
    const cells = kept.map(([, found]) => {
      const [, , impact, known] = found.get(number) || [0, 0, 0, 1];
      if (!impact) return el("td", { class: "n dropped" }, "dropped");
      return el("td", { class: known ? "n" : "n dropped" }, shown(impact, 0), known ? "" : el("span", { class: "badge" }, "unknown"));
    });
    return el("tr", {}, el("td", {}, detail.terms[number], badges), el("td", { class: "n" }, shown(weight, 2)), ...cells);
  });
  const more = terms.length > MOST_TERMS ? el("p", { class: "note" }, `and ${terms.length - MOST_TERMS} more`) : null;
  return el("div", {}, el("h3", {}, `${system}: terms of the query`),
    el("div", { class: "scroll" }, el("table", { class: "terms" },
      el("thead", {}, el("tr", {}, ...head.map((text, i) => el("th", { class: i ? "n" : null }, text)))), el("tbody", {}, ...body))),
    more, el("p", { class: "note" }, "Impacts after each pruning. added: not in the query's text, the encoder put it there. unknown: no document of that index has it."));
}

function resultsOf(place, detail) {
  const found = (detail.found.find(([other]) => other === place) || [place, []])[1];
  const title = el("h3", {}, `${named(DATA.points[place])}: best results`);
  if (!found.length) return el("div", {}, title, el("p", { class: "note" }, "It found nothing."));
  return el("div", {}, title, el("ol", { class: "found" }, ...found.map((one) => resultOf(one, detail))));
}

function resultOf([number, score, grade, shares], detail) {
  const [id, text] = detail.documents[number];
  const parts = d3.range(0, shares.length, 2).map((i) => [detail.terms[shares[i]], shares[i + 1] / score]);
  const bar = el("div", { class: "bar", "aria-hidden": "true" }, ...parts.map(([, share], i) => {
    const span = el("span", {});
    span.style.width = `${(100 * share).toFixed(2)}%`;
    span.style.opacity = String(Math.max(0.25, 1 - 0.14 * i));
    return span;
  }));
  const words = parts.slice(0, MOST_SHARES).map(([term, share]) => `${term} ${(100 * share).toFixed(0)}%`).join(", ");
  const rest = parts.length > MOST_SHARES ? `, ${parts.length - MOST_SHARES} more` : "";
  const judged = grade === null ? el("span", { class: "grade" }, "not judged") : el("span", { class: grade > 0 ? "grade yes" : "grade" }, grade > 0 ? `relevant ${grade}` : `judged ${grade}`);
  return el("li", {}, judged, " ", text || id, text ? el("span", { class: "badge" }, id) : "", el("span", { class: "badge" }, shown(score, Number.isInteger(score) ? 0 : 3)),
    parts.length ? bar : "", parts.length ? el("div", { class: "shares" }, words + rest) : "");
}
