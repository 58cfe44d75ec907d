// Everything is drawn from the state, anew where what it shows has changed.

const DRAWN = [
  [drawPlot, ["measure", "cost", "systems", "pruning"]],
  [drawTable, ["systems", "pruning", "baseline", "sort", "descending", "filter", "columns", "differences"]],
  [drawTests, ["systems", "baseline"]],
  [drawQueries, ["measure", "one", "other", "search", "turned", "shown"]],
  [drawLists, ["systems", "pruning", "one"]],
  [drawCurves, ["systems"]],
];

function drawAll() {
  for (const [draw] of DRAWN) draw();
}

async function main() {
  begin(await unpacked("data"));
  DETAILS = (await unpacked("details")) || {};
  document.body.classList.add("ready");
  controls();
  tableTools();
  const perQuery = DATA.measures.length > 0 && DATA.points.length > 1;
  document.getElementById("queries-section").hidden = !perQuery;
  if (perQuery) queryTools();
  else DRAWN.splice(DRAWN.findIndex(([draw]) => draw === drawQueries), 1);
  onChange((parts) => {
    for (const [draw, of] of DRAWN) if (of.some((part) => parts.includes(part))) draw();
  });
  drawAll();
  drawOrigins();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  let width = document.body.clientWidth;
  addEventListener("resize", () => {
    if (document.body.clientWidth === width) return;
    width = document.body.clientWidth;
    drawAll();
  });
  document.body.dataset.drawn = "1";
}

main();
