/** Copies cells to spreadsheets and takes blocks of cells from them: tabs between cells, lines between rows. */

/** Return rows of cells as text with tabs; a cell with a tab, a line or a quote in it stands in quotes. */
export function asTabs(rows) {
  const quoted = (text) => (/[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((cells) => cells.map(quoted).join("\t")).join("\r\n");
}

/** Return the cells of a text with tabs, as spreadsheets copy them. */
export function fromTabs(text) {
  const rows = [[""]];
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    const row = rows.at(-1);
    if (isQuoted) {
      if (sign !== '"') row[row.length - 1] += sign;
      else if (text[at + 1] === '"') row[row.length - 1] += text[(at += 1)];
      else isQuoted = false;
    } else if (sign === '"' && row.at(-1) === "") isQuoted = true;
    else if (sign === "\t") row.push("");
    else if (sign === "\n") rows.push([""]);
    else if (sign !== "\r") row[row.length - 1] += sign;
  }
  // Spreadsheets end the last line too.
  if (rows.length > 1 && rows.at(-1).length === 1 && rows.at(-1)[0] === "") rows.pop();
  return rows;
}

/** Let the selected cells of a grid be copied, cut and pasted over. */
export function listenForCopies(grid) {
  const isHere = (event) => grid.element.contains(document.activeElement) && !event.target.closest?.("input");
  const copy = (event) => {
    if (!isHere(event)) return;
    const { range } = grid.selected();
    const cells = range.getStructuredCells().map((row) => row.filter((cell) => cell.getField()).map((cell) => cell.getValue() ?? ""));
    event.clipboardData.setData("text/plain", asTabs(cells));
    event.preventDefault();
    if (event.type === "cut") grid.write(cells.map((row) => row.map(() => "")));
  };
  document.addEventListener("copy", copy);
  document.addEventListener("cut", copy);
  document.addEventListener("paste", (event) => {
    if (!isHere(event)) return;
    event.preventDefault();
    grid.write(fromTabs(event.clipboardData.getData("text/plain")));
  });
}
