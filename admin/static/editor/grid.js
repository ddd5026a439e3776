/** One table of a sheet: shows its rows, stores what is typed, and marks what was found. */
import { TabulatorFull as Tabulator } from "../tabulator/tabulator_esm.min.mjs";
import { definition, isOpen, marked } from "./columns.js";
import { address, fill, save, tell, texts } from "./draft.js";
import { listenForCopies } from "./clipboard.js";
import { Marks } from "./marks.js";
import { HEADER, named, problemOf, put, rowsOf, unseen, within } from "./rows.js";
import { add, addColumn, freeId, toolbar } from "./toolbar.js";

const LARGE = 200;

export class Grid {
  constructor(place, grid, { sheet, words, reload }) {
    Object.assign(this, { part: grid.part, path: grid.path, columns: named(grid.columns), file: sheet.file, words, reload });
    this.marks = new Marks(this);
    const box = document.createElement("section");
    const title = texts.parts[grid.part];
    if (title) box.append(Object.assign(document.createElement("h2"), { className: "h6", textContent: title }));
    this.element = document.createElement("div");
    this.name = title || document.querySelector(".nav-tabs [aria-current]").textContent;
    box.append(toolbar(this), this.element);
    place.append(box);
    this.table = new Tabulator(this.element, {
      data: rowsOf(grid),
      columns: this.definitions(),
      rowHeader: { ...HEADER, titleFormatter: () => unseen(texts.row_number), formatter: (cell) => this.rowHead(cell) },
      layout: "fitData",
      maxHeight: "62vh",
      selectableRange: 1,
      selectableRangeAutoFocus: false,
      selectableRangeColumns: true,
      selectableRangeRows: true,
      editTriggerEvent: "dblclick",
      columnDefaults: { variableHeight: grid.rows.length < LARGE },
      keybindings: { navPrev: false, navNext: false },
      placeholder: texts.no_rows,
    });
    this.table.on("cellEdited", (cell) => this.typed(cell));
    this.table.on("rangeChanged", () => this.announce());
    this.element.addEventListener("keydown", (event) => this.keyed(event), true);
    listenForCopies(this);
    this.ready = new Promise((resolve) => this.table.on("tableBuilt", resolve)).then(() => this.describe());
  }

  /** Tell assistive technology what the parts of the grid are: its rows stand in what scrolls. */
  describe() {
    this.element.setAttribute("aria-label", this.name);
    // Nothing can be done in it: it is no stop on the way to the cells.
    this.element.querySelector(".tabulator-header").removeAttribute("tabindex");
    this.element.querySelector(".tabulator-tableholder").setAttribute("role", "rowgroup");
    this.element.querySelector(".tabulator-table").setAttribute("role", "presentation");
  }

  /** What every row says, in their order; not copies, as the table's own getData gives. */
  datas() {
    return this.table.getRows().map((row) => row.getData());
  }

  definitions() {
    return this.columns.map((column) => definition(this, column));
  }

  /** Show other rows and columns, as they are stored. */
  async refill(grid) {
    this.columns = named(grid.columns);
    this.table.setColumns(this.definitions());
    await this.table.replaceData(rowsOf(grid));
  }

  word(name) {
    this.byName ??= new Map(this.words.map((word) => [word.name, word]));
    return this.byName.get(name);
  }

  /** What may be written into a cell of a column: reasons of the policy, else what its other rows say. */
  choices(column) {
    if (column.kind === "reasons") {
      return this.words.filter((word) => word.what === "reason").map((word) => [word.name, word.title]);
    }
    if (column.kind === "fact") return this.words.filter((word) => word.what === "fact").map((word) => [word.name, word.title]);
    const said = new Set(this.datas().slice(0, LARGE).map((data) => data[column.field]).filter(Boolean));
    return ["id", "note"].includes(column.kind) ? [] : [...said].map((value) => [value, ""]);
  }

  /** What a row is called in words. */
  nameOf(data) {
    if (data._otherwise) return texts.otherwise;
    const id = this.columns.find((column) => column.kind === "id");
    return (id && data[id.field]) || String(this.positionOf(data) + 1);
  }

  positionOf(data) {
    return this.datas().indexOf(data);
  }

  rowHead(cell) {
    const data = cell.getData();
    const marks = this.marks.ofRow(data);
    const number = document.createTextNode(data._otherwise ? "…" : String(cell.getRow().getPosition() || ""));
    cell.getElement().classList.toggle("has-new", Boolean(data._new));
    const mine = data._new ? [{ severity: "refused", message: texts.unfinished }, ...marks] : marks;
    return mine.length ? marked(number, mine) : number;
  }

  /** Where a cell is written in the file. */
  pathOf(data, column) {
    if (data._otherwise) return column.kind === "reasons" ? data._at : [...data._at, column.name];
    return [...(column.of_group ? data._group : data._at), ...column.path];
  }

  editOf(data, column, value) {
    const path = this.pathOf(data, column);
    if (column.kind === "reasons") return { do: "reasons", path, value: value.split(",").map((code) => code.trim()).filter(Boolean) };
    return value === "" ? { do: "remove", path } : { do: "set", path, value };
  }

  typed(cell) {
    const field = cell.getField();
    const column = this.columns.find((one) => one.field === field);
    this.store([{ row: cell.getRow(), column, field, value: cell.getValue(), before: cell.getOldValue() ?? "" }]);
  }

  /** Store cells in one change; those that are refused keep what was typed, and say why. */
  async store(cells) {
    const kept = cells.filter(({ row }) => !row.getData()._new);
    const rows = new Set(cells.map(({ row }) => row).filter((row) => row.getData()._new));
    for (const cell of kept) {
      // A cell that was refused has never been kept: what is kept is what it said before that.
      const refused = cell.row.getData()._refused?.[cell.field];
      if (refused) cell.before = refused.before;
    }
    const asked = kept.filter(({ value, before }) => value !== "" || before !== "");
    kept.filter((cell) => !asked.includes(cell)).forEach((cell) => this.settle(cell, ""));
    if (asked.length) {
      const edits = asked.map(({ row, column, value }) => this.editOf(row.getData(), column, value));
      const answer = await save(address, { file: this.file, edits });
      const said = answer.ok ? answer.refused : answer.problems;
      asked.forEach((cell, at) => this.settle(cell, problemOf(edits[at].path, said, answer)));
    }
    for (const row of rows) await this.complete(row);
  }

  settle({ row, field, before }, message) {
    const data = row.getData();
    data._refused = { ...data._refused };
    if (message) data._refused[field] = { message, before };
    else delete data._refused[field];
    row.reformat();
  }

  /** Show again what is kept of a cell that was refused. */
  putBack(cell) {
    const data = cell.getData();
    const refused = data._refused?.[cell.getField()];
    if (!refused) return;
    data[cell.getField()] = refused.before;
    delete data._refused[cell.getField()];
    cell.getRow().reformat();
  }

  /** Store a new row as soon as the policy can be read with it. */
  async complete(row) {
    const data = row.getData();
    const value = {};
    this.columns.forEach((column) => put(value, column, data[column.field] ?? ""));
    const edits = [{ do: "insert", path: data._at.slice(0, -1), at: data._at.at(-1), value }];
    const answer = await save(address, { file: this.file, edits });
    if (answer.ok) {
      delete data._new;
      this.renumber();
    } else tell(`${texts.unfinished} ${answer.said}`, true);
    row.reformat();
  }

  /** Number the rows anew after one has come, gone or moved; rows that are not kept yet have no number of their own. */
  renumber() {
    const next = new Map();
    for (const data of this.datas()) {
      if (data._otherwise) continue;
      const list = data._at.slice(0, -1);
      const key = JSON.stringify(list);
      data._at = [...list, next.get(key) ?? 0];
      if (!data._new) next.set(key, data._at.at(-1) + 1);
    }
    this.table.getRows("visible").forEach((row) => row.reformat());
  }

  /** Select the cell at a path and bring it into view; false if it is not in this table. */
  goTo(path) {
    const rows = this.table.getRows();
    const isOfGroup = (data) => data._group && within(path, data._group);
    const row = rows.find((one) => within(path, one.getData()._at)) ?? rows.find((one) => isOfGroup(one.getData()));
    if (!row) return false;
    const data = row.getData();
    const isOfCell = (column) => isOpen(column, data) && column.path.length && within(path, this.pathOf(data, column));
    const at = this.columns.findIndex(isOfCell);
    this.select(row, Math.max(at, 0));
    return true;
  }

  async select(row, number) {
    await this.table.scrollToRow(row, "center", false).catch(() => undefined);
    const cell = row.getCell(this.columns[number].field);
    this.table.getRanges()[0]?.setBounds(cell, cell);
    this.element.querySelector(".tabulator-tableholder").focus();
  }

  /** The row and the column that are selected first. */
  selected() {
    const range = this.table.getRanges()[0];
    const row = range?.getRows()[0];
    const field = range?.getColumns()[0]?.getField();
    return { range, row, number: this.columns.findIndex((column) => column.field === field) };
  }

  /** Tell the rest of the page which cell is selected. */
  announce() {
    const { row, number } = this.selected();
    if (!row || number < 0) return;
    const detail = { row: this.nameOf(row.getData()), column: this.columns[number].name };
    document.dispatchEvent(new CustomEvent("cell:selected", { detail }));
  }

  step(cell, way) {
    const columns = this.table.getColumns().filter((column) => column.getField());
    const at = columns.indexOf(cell.getColumn());
    const row = way === "down" ? cell.getRow().getNextRow() || cell.getRow() : cell.getRow();
    const column = columns[at + { left: -1, right: 1, down: 0 }[way]] ?? cell.getColumn();
    const next = row.getCell(column);
    this.table.getRanges()[0]?.setBounds(next, next);
  }

  /** Begin to write where something is typed, and clear what is selected by Delete. */
  keyed(event) {
    if (event.target.closest("input") || event.ctrlKey || event.metaKey || event.altKey) return;
    const { range, row, number } = this.selected();
    if (!row || number < 0) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      event.stopPropagation();
      this.write(range.getStructuredCells().map((cells) => cells.map(() => "")));
    } else if (event.key.length === 1 && isOpen(this.columns[number], row.getData())) {
      event.preventDefault();
      this.typing = event.key;
      row.getCell(this.columns[number].field).edit();
    } else if (event.key === "F2") {
      row.getCell(this.columns[number].field).edit();
    }
  }

  /** Put a row into a gap, with the outputs of the nearest row and a note that says so. */
  async fillGap({ when, like }) {
    if (this.part === "rows") for (const name of Object.keys(when)) addColumn(this, "when", name);
    const near = this.table.getRows().find((row) => like && JSON.stringify(row.getData()._at) === JSON.stringify(like));
    const cells = {};
    for (const column of this.columns) {
      if (column.kind === "when") cells[column.field] = when[column.name] ?? "";
      else if (column.kind === "id") cells[column.field] = freeId(this, column, near?.getData()[column.field]);
      else if (column.kind === "note") cells[column.field] = fill(texts.filled, { row: near ? this.nameOf(near.getData()) : "" });
      else if (near && !column.of_group) cells[column.field] = near.getData()[column.field] ?? "";
    }
    const row = await add(this, near, cells);
    await this.complete(row);
    this.select(row, this.columns.findIndex((column) => column.kind === "then"));
  }

  takeTyped() {
    const typed = this.typing;
    this.typing = undefined;
    return typed;
  }

  /** Write a block of texts from the selected cell on, as one change. */
  write(block) {
    const { row, number } = this.selected();
    if (!row) return;
    const rows = this.table.getRows();
    const first = rows.indexOf(row);
    const cells = [];
    block.forEach((line, down) =>
      line.forEach((text, right) => {
        const target = rows[first + down];
        const column = this.columns[number + right];
        if (!target || !column || !isOpen(column, target.getData())) return;
        const { field } = column;
        const before = target.getData()[field] ?? "";
        const value = text.trim();
        if (value === before) return;
        target.getData()[field] = value;
        cells.push({ row: target, column, field, value, before });
      }),
    );
    new Set(cells.map((cell) => cell.row)).forEach((one) => one.reformat());
    const left = block.flat().length - cells.length;
    if (left && block.flat().some(Boolean)) tell(fill(texts.left_out, { left }));
    this.store(cells);
  }
}
