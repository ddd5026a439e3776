/** What the checks found about a table, by the row that it is about. */
import { isOpen } from "./columns.js";
import { within } from "./rows.js";

export class Marks {
  constructor(grid) {
    this.grid = grid;
    this.byRow = new Map();
  }

  /** Keep what was found about this table, and show it at its cells. */
  keep(findings) {
    const before = this.byRow;
    this.byRow = new Map();
    for (const finding of findings) if (finding.file === this.grid.file) this.place(finding);
    for (const row of this.grid.table.getRows()) {
      if (before.has(row.getData()) || this.byRow.has(row.getData())) row.reformat();
    }
  }

  place({ severity, message, path }) {
    const rows = this.grid.datas().filter((one) => !one._new);
    const row = rows.find((one) => within(path, one._at)) ?? rows.find((one) => one._first && within(path, one._group));
    if (!row || severity === "note") return;
    const at = this.byRow.get(row) ?? { row: [], cells: new Map() };
    const isOfCell = (one) => isOpen(one, row) && one.path.length && within(path, this.grid.pathOf(row, one));
    const column = this.grid.columns.find(isOfCell);
    if (column) at.cells.set(column.field, [...(at.cells.get(column.field) ?? []), { severity, message }]);
    else at.row.push({ severity, message });
    this.byRow.set(row, at);
  }

  ofRow(data) {
    return this.byRow.get(data)?.row ?? [];
  }

  ofCell(data, column) {
    return this.byRow.get(data)?.cells.get(column.field) ?? [];
  }
}
