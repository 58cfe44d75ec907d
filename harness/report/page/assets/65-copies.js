// The table as it stands, for a spreadsheet, a README, a paper.

function tableTexts() {
  const [rows, columns, tests] = [orderedRows(), chosenColumns(), differences()];
  return {
    columns,
    head: columns.map((column) => column.label),
    rows: rows.map(({ point, place }) => columns.map((column) => {
      const text = shown(point.values[column.key], column.digits);
      return { text, value: point.values[column.key], best: text === bestOf(column, rows), mark: markOf(tests.get(column.key + " " + place)) };
    })),
  };
}

function asTsv({ head, rows }) {
  const plain = (value) => String(value ?? "").replace(/[\t\r\n]+/g, " ");
  return [head, ...rows.map((cells) => cells.map((one) => one.value))].map((line) => line.map(plain).join("\t")).join("\n") + "\n";
}

function asMarkdown({ columns, head, rows }) {
  const safe = (text) => text.replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll("\n", " ");
  const line = (texts) => `| ${texts.join(" | ")} |`;
  const rule = line(columns.map((column) => (column.digits === null ? "---" : "---:")));
  const body = rows.map((cells) => line(cells.map((one) => (one.best ? `**${safe(one.text)}**` : safe(one.text)) + one.mark)));
  return [line(head.map(safe)), rule, ...body].join("\n") + "\n";
}

function asLatex({ columns, head, rows }) {
  const special = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "–": "--", "−": "$-$", "<": "$<$", ">": "$>$" };
  const safe = (text) => text.replace(/[\\~^–−<>&%$#_{}]/g, (letter) => special[letter] ?? "\\" + letter);
  const marks = { "▲": "$^{\\blacktriangle}$", "▼": "$^{\\blacktriangledown}$", "": "" };
  const body = rows.map((cells) => cells.map((one) => (one.best ? `\\textbf{${safe(one.text)}}` : safe(one.text)) + marks[one.mark]).join(" & ") + " \\\\");
  return ["% needs \\usepackage{booktabs,amssymb}", `\\begin{tabular}{${columns.map((column) => (column.digits === null ? "l" : "r")).join("")}}`,
    "\\toprule", head.map(safe).join(" & ") + " \\\\", "\\midrule", ...body, "\\bottomrule", "\\end{tabular}"].join("\n") + "\n";
}

function copyButtons() {
  return [["TSV", asTsv], ["Markdown", asMarkdown], ["LaTeX", asLatex]].map(([label, write]) => {
    const button = el("button", { type: "button", class: "plain", "data-copy": label, onclick: () => copied(button, write(tableTexts())) }, `Copy ${label}`);
    return button;
  });
}
