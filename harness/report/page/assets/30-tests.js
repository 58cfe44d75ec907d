// Tests of all pairs are in the data; here they are looked up, and corrected for those that are shown.

function pair(measure, one, other) {
  if (one === other) return null;
  const [row, column] = one > other ? [one, other] : [other, one];
  const at = (row * (row - 1)) / 2 + column;
  const found = DATA.pairs[measure];
  if (!found || found.p[at] === null) return null;
  const turned = one > other ? 1 : -1;
  const ends = [found.low[at] * turned, found.high[at] * turned].sort((a, b) => a - b);
  return { p: found.p[at], low: ends[0], high: ends[1] };
}

// Holm's step-down correction, as the tables of the command line have it.
function holm(p) {
  const order = p.map((value, place) => place).sort((a, b) => p[a] - p[b] || a - b);
  const corrected = new Array(p.length);
  let largest = 0;
  order.forEach((place, turn) => {
    largest = Math.max(largest, p[place] * (p.length - turn));
    corrected[place] = Math.min(1, largest);
  });
  return corrected;
}

// Differences of all points from the baseline, by measure of the table and place, Holm over all of them.
function differences() {
  const found = new Map();
  if (state.baseline === null) return found;
  const measures = DATA.columns.map((column) => column.key).filter((key) => DATA.pairs[key]);
  const tests = [];
  for (const measure of measures) {
    DATA.points.forEach((point, place) => {
      const test = place === state.baseline ? null : pair(measure, place, state.baseline);
      if (test) tests.push({ measure, place, ...test });
    });
  }
  const corrected = holm(tests.map((test) => test.p));
  tests.forEach((test, i) => {
    const base = DATA.points[state.baseline].values[test.measure];
    const difference = DATA.points[test.place].values[test.measure] - base;
    found.set(test.measure + " " + test.place, { ...test, difference, holm: corrected[i], tests: tests.length });
  });
  return found;
}

function markOf(test) {
  if (!test || test.holm >= 0.05) return "";
  return test.difference > 0 ? "▲" : "▼";
}
