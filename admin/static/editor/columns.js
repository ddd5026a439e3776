/** The columns of a grid: what they are called, how a cell is shown, and how it is written into. */
import { fill, texts } from "./draft.js";

/** Return whether a cell may be written into. */
export function isOpen(column, data) {
  if (data._otherwise) return ["then", "reasons"].includes(column.kind);
  return !column.of_group || data._first;
}

/** Return Tabulator's definition of a column. */
export function definition(grid, column) {
  return {
    title: column.name,
    field: column.field,
    headerSort: false,
    minWidth: { id: 64, note: 240 }[column.kind] ?? 90,
    maxInitialWidth: 300,
    cssClass: ["then", "reasons", "release"].includes(column.kind) ? "said" : "",
    titleFormatter: () => heading(grid, column),
    formatter: (cell) => shown(grid, column, cell),
    editor: (cell, onRendered, keep, leave) => input(grid, column, cell, onRendered, keep, leave),
    editable: (cell) => isOpen(column, cell.getData()),
  };
}

function heading(grid, column) {
  const head = document.createElement("div");
  const name = document.createElement("span");
  const known = grid.word(column.name);
  const said = texts.columns[column.path.length < 2 ? column.name : ""];
  name.textContent = said ?? column.name;
  // Names and values of the policy are the same in every language.
  name.translate = Boolean(said);
  const what = document.createElement("div");
  what.className = "column-what";
  what.textContent = [texts.kinds[column.kind], known?.title].filter(Boolean).join(texts.colon);
  head.append(name, what);
  if (column.note) {
    const note = document.createElement("div");
    note.className = "column-note";
    note.textContent = column.note;
    head.append(note);
  }
  return head;
}

function shown(grid, column, cell) {
  const data = cell.getData();
  const refused = data._refused?.[cell.getField()];
  const marks = [...grid.marks.ofCell(data, column), ...(refused ? [{ severity: "refused", message: refused.message }] : [])];
  const element = cell.getElement();
  element.classList.toggle("closed", !isOpen(column, data));
  // Arrows go from cell to cell; Tab leaves the table, however many cells it has.
  element.tabIndex = -1;
  for (const severity of ["error", "warning", "refused"]) {
    element.classList.toggle(`has-${severity}`, marks.some((mark) => mark.severity === severity));
  }
  const isOtherwise = data._otherwise && column.kind === "id";
  element.translate = isOtherwise || marks.length > 0;
  const text = document.createTextNode(isOtherwise ? texts.otherwise : (cell.getValue() ?? ""));
  return marks.length ? marked(text, marks) : text;
}

/** Return what is shown with a sign that says, to the eye and to a screen reader, what was found there. */
export function marked(shownFirst, marks) {
  const box = document.createElement("span");
  const sign = document.createElement("span");
  const words = marks.map((mark) => `${texts.severities[mark.severity] ?? texts.not_kept}${texts.colon}${mark.message}`).join("\n");
  sign.className = `sign sign-${marks[0].severity}`;
  sign.title = words;
  sign.textContent = marks[0].severity === "note" ? "i" : "!";
  const said = document.createElement("span");
  said.className = "sr-only";
  said.textContent = ` ${words}`;
  box.append(shownFirst, sign, said);
  return box;
}

function input(grid, column, cell, onRendered, keep, leave) {
  const box = document.createElement("input");
  const before = cell.getValue() ?? "";
  const typed = grid.takeTyped();
  box.className = "cell-input";
  box.value = typed ?? before;
  box.setAttribute("aria-label", fill(texts.cell, { column: column.name, row: grid.nameOf(cell.getData()) }));
  box.autocomplete = "off";
  const list = offers(grid, column, box);
  const refused = cell.getData()._refused?.[cell.getField()];
  onRendered(() => {
    if (list) box.after(list);
    box.focus();
    if (typed === undefined) box.select();
  });
  let isDone = false;
  const finish = (step) => {
    if (isDone) return;
    isDone = true;
    list?.remove();
    const value = box.value.trim();
    if (value === before && !refused) leave();
    else keep(value);
    if (step) grid.step(cell, step);
  };
  box.addEventListener("blur", () => finish());
  box.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") finish("down");
    else if (event.key === "Tab") finish(event.shiftKey ? "left" : "right");
    else if (event.key === "Escape") {
      isDone = true;
      leave();
      if (refused) grid.putBack(cell);
    } else return;
    event.preventDefault();
  });
  return box;
}

function offers(grid, column, box) {
  const choices = grid.choices(column);
  if (!choices.length) return null;
  const list = document.createElement("datalist");
  list.id = `offers-${grid.part}`;
  box.setAttribute("list", list.id);
  const offer = () => {
    // Several reasons stand behind commas: what is offered is put behind those that are there.
    const ahead = column.kind === "reasons" ? box.value.replace(/[^,]*$/, "").trimEnd() : "";
    list.replaceChildren(
      ...choices.map(([value, label]) => {
        const option = document.createElement("option");
        option.value = ahead ? `${ahead} ${value}` : value;
        if (label) option.label = label;
        return option;
      }),
    );
  };
  box.addEventListener("input", offer);
  offer();
  return list;
}
