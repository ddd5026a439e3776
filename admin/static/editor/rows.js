/** Rows and columns as the table takes them, and what a new row says as the file takes it. */

/** Whether a path lies at or below another. */
export const within = (path, head) => head.every((step, at) => path[at] === step);

export const HEADER = { headerSort: false, resizable: false, frozen: true, minWidth: 44, width: 44, hozAlign: "right", cssClass: "row-number", title: "" };

export function unseen(text) {
  return Object.assign(document.createElement("span"), { className: "sr-only", textContent: text });
}

export function named(columns) {
  return columns.map((column, number) => ({ ...column, field: `c${number}` }));
}

export function rowsOf(grid) {
  return grid.rows.map((row) => {
    const data = { _at: row.at, _group: row.group, _first: row.first, _otherwise: row.otherwise };
    row.cells.forEach((text, number) => (data[`c${number}`] = text));
    return data;
  });
}

export function put(value, column, text) {
  if (!text || column.of_group) return;
  if (column.kind === "reasons") {
    const codes = text.split(",").map((code) => code.trim());
    Object.assign(value, codes.length > 1 ? { reasons: codes } : { reason: codes[0] });
    return;
  }
  const [first, second] = column.path;
  if (second) value[first] = { ...value[first], [second]: text };
  else value[first] = text;
}

export function problemOf(path, problems, answer) {
  const found = problems.filter((one) => within(one.path, path)).map((one) => `${one.message} ${one.remedy}`);
  if (found.length) return found.join(" ");
  // What lies elsewhere is told at every cell of a change that was refused whole.
  return answer.ok ? "" : problems.map((one) => one.message).join(" ") || answer.said;
}
