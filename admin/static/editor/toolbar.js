/** What is done to whole rows and columns of a grid: by buttons above it, and by keys within it. */
import { isOpen } from "./columns.js";
import { address, save, tell, texts } from "./draft.js";

const KINDS = ["id", "when", "then", "reasons", "release", "note"];

/** Return the buttons above a grid, and let keys within it do the same. */
export function toolbar(grid) {
  const bar = document.createElement("div");
  bar.className = "grid-bar";
  const acts = {
    insert: () => insert(grid),
    duplicate: () => duplicate(grid),
    up: () => move(grid, -1),
    down: () => move(grid, 1),
    remove: () => remove(grid),
  };
  for (const [name, act] of Object.entries(acts)) bar.append(button(texts.acts[name], act));
  if (grid.columns.some((column) => column.kind === "when" && column.path.length > 1) || grid.part === "rows") {
    bar.append(columnForm(grid));
  }
  if (grid.part === "characteristics") bar.append(characteristicForm(grid));
  queueMicrotask(() => listen(grid, acts));
  return bar;
}

function listen(grid, acts) {
  grid.element.addEventListener("keydown", (event) => {
    if (event.target.closest("input")) return;
    const name = keyOf(event);
    if (!name) return;
    event.preventDefault();
    event.stopPropagation();
    acts[name]();
  }, true);
}

function keyOf(event) {
  if (event.altKey && event.key === "ArrowUp") return "up";
  if (event.altKey && event.key === "ArrowDown") return "down";
  if (event.key === "Insert") return "insert";
  if (event.ctrlKey && event.key.toLowerCase() === "d") return "duplicate";
  if (event.ctrlKey && event.key === "Delete") return "remove";
  return "";
}

function button(text, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: text });
  made.className = "btn btn-sm btn-outline-primary";
  made.addEventListener("click", act);
  return made;
}

/** Put a new row behind one, with what it says so far; it is kept once the policy can be read with it. */
export async function add(grid, behind, cells) {
  const data = behind?.getData();
  const isLast = !data || data._otherwise;
  const list = data && !isLast ? data._at.slice(0, -1) : grid.path;
  const rows = grid.table.getRows();
  const otherwise = rows.find((row) => row.getData()._otherwise);
  const made = { _at: [...list, 0], _group: isLast ? undefined : data._group, _first: false, _new: true, ...cells };
  const next = isLast ? otherwise : behind;
  const row = await grid.table.addRow(made, Boolean(isLast && otherwise), next);
  grid.renumber();
  return row;
}

async function insert(grid) {
  const { row } = grid.selected();
  const id = grid.columns.find((column) => column.kind === "id");
  const made = await add(grid, row, id ? { [id.field]: freeId(grid, id) } : {});
  grid.select(made, id ? 1 : grid.columns.findIndex((column) => isOpen(column, made.getData())));
}

async function duplicate(grid) {
  const { row } = grid.selected();
  if (!row || row.getData()._otherwise) return;
  const id = grid.columns.find((column) => column.kind === "id");
  const data = row.getData();
  const cells = Object.fromEntries(grid.columns.map((column) => [column.field, column.of_group ? "" : data[column.field]]));
  if (id) cells[id.field] = freeId(grid, id, data[id.field]);
  const made = await add(grid, row, cells);
  await grid.complete(made);
  grid.select(made, 0);
}

/** Return an id that no row has, after the pattern of one: O10 is followed by O11. */
export function freeId(grid, id, after) {
  const taken = new Set(grid.datas().map((data) => data[id.field]));
  const last = after ?? [...taken].filter((one) => /\d$/.test(one ?? "")).at(-1) ?? "R0";
  const [, head, digits] = /^(.*?)(\d*)$/.exec(last);
  let number = Number(digits || 0) + (after ? 1 : 10);
  while (taken.has(`${head}${number}`)) number += 1;
  return `${head}${number}`;
}

async function move(grid, by) {
  const { row, number } = grid.selected();
  const data = row?.getData();
  if (!row || data._otherwise || data._new) return;
  const other = by < 0 ? row.getPrevRow() : row.getNextRow();
  const list = data._at.slice(0, -1);
  const isSameList = other && !other.getData()._new && JSON.stringify(other.getData()._at.slice(0, -1)) === JSON.stringify(list);
  if (!isSameList) return;
  const from = data._at.at(-1);
  const isOfGroup = Boolean(data._group);
  if (!isOfGroup) {
    row.move(other, by < 0);
    grid.renumber();
    grid.select(row, number);
  }
  const answer = await save(address, { file: grid.file, edits: [{ do: "move", path: list, from, to: from + by }] });
  // The first of a group says what the group is of.
  if (!answer.ok || isOfGroup) await grid.reload();
}

async function remove(grid) {
  const { range } = grid.selected();
  const rows = range?.getRows() ?? [];
  const unkept = rows.filter((row) => row.getData()._new);
  unkept.forEach((row) => row.delete());
  const isSaid = (data) => grid.columns.some((column) => isOpen(column, data) && data[column.field]);
  const kept = rows.filter((row) => !row.getData()._new && (!row.getData()._otherwise || (rows.length === 1 && isSaid(row.getData()))));
  if (!kept.length) return grid.renumber();
  const edits = kept.reverse().map((row) => ({ do: "remove", path: wholeOf(grid, row.getData()) }));
  const isPlain = kept.every((row) => !row.getData()._group && !row.getData()._otherwise);
  if (isPlain) {
    await grid.table.deleteRow(kept);
    grid.renumber();
  }
  const answer = await save(address, { file: grid.file, edits });
  if (!answer.ok || !isPlain) await grid.reload();
}

function wholeOf(grid, data) {
  const isOnly = data._group && grid.datas().filter((one) => one._group?.at(-1) === data._group.at(-1)).length === 1;
  return isOnly ? data._group : data._at;
}

function columnForm(grid) {
  const box = document.createElement("span");
  box.className = "grid-columns";
  const name = field("input", texts.column_name, `column-of-${grid.part}`);
  const words = Object.assign(document.createElement("datalist"), { id: `words-of-${grid.part}` });
  words.append(...grid.words.filter((word) => ["fact", "output"].includes(word.what)).map((word) => option(word.name, word.title)));
  name.querySelector("input").setAttribute("list", words.id);
  const kind = field("select", texts.column_kind, `kind-of-${grid.part}`);
  const kinds = grid.part === "rows" ? ["when", "then", "release"] : ["when"];
  kind.querySelector("select").append(...kinds.map((one) => option(one, texts.kinds[one], true)));
  const chosen = () => [kind.querySelector("select").value, name.querySelector("input").value.trim()];
  box.append(name, words, kind, button(texts.acts.add_column, () => newColumn(grid, ...chosen())));
  box.append(button(texts.acts.remove_column, () => removeColumn(grid)));
  if (grid.part === "rows") box.append(button(texts.acts.note, () => noteColumn(grid)));
  return box;
}

function field(tag, label, id) {
  const box = document.createElement("label");
  const made = Object.assign(document.createElement(tag), { id, className: "form-control form-control-sm" });
  box.htmlFor = id;
  box.append(label, made);
  return box;
}

function option(value, label, isShown = false) {
  const made = Object.assign(document.createElement("option"), { value });
  if (isShown) made.textContent = label;
  else if (label) made.label = label;
  return made;
}

/** Show a column that is not there yet; it is kept once a cell in it says something. */
export function addColumn(grid, kind, name) {
  if (!name || grid.columns.some((column) => column.kind === kind && column.name === name)) return;
  const rank = KINDS.indexOf(kind);
  const before = grid.columns.findIndex((column) => KINDS.indexOf(column.kind) > rank);
  const at = before < 0 ? grid.columns.length : before;
  const path = kind === "then" && grid.part !== "rows" ? [name] : [kind, name];
  grid.columns.splice(at, 0, { kind, name, path, of_group: false, field: `c${Date.now()}` });
  grid.table.setColumns(grid.definitions());
}

function newColumn(grid, kind, name) {
  addColumn(grid, kind, name);
  const at = grid.columns.findIndex((column) => column.kind === kind && column.name === name);
  const row = grid.selected().row ?? grid.table.getRows()[0];
  if (at < 0 || !row) return;
  tell(texts.column_empty);
  grid.select(row, at);
}

async function removeColumn(grid) {
  const { number } = grid.selected();
  const column = grid.columns[number];
  if (!column || !["when", "then", "release"].includes(column.kind) || column.path.length < 2) return tell(texts.column_stays, true);
  const rows = grid.datas().filter((data) => !data._new && data[column.field] && isOpen(column, data));
  const edits = rows.map((data) => ({ do: "remove", path: grid.pathOf(data, column) }));
  const answer = edits.length ? await save(address, { file: grid.file, edits }) : { ok: true, refused: [] };
  if (!answer.ok || answer.refused.length) return;
  grid.columns.splice(number, 1);
  grid.table.setColumns(grid.definitions());
}

function noteColumn(grid) {
  const { number } = grid.selected();
  const column = grid.columns[number];
  if (!column) return;
  const dialog = document.getElementById("column-note");
  const [head, text] = [dialog.querySelector("h2"), dialog.querySelector("textarea")];
  head.textContent = column.name;
  text.value = column.note ?? "";
  for (const one of dialog.querySelectorAll("button")) one.onclick = () => dialog.close(one.value);
  dialog.returnValue = "no";
  dialog.onclose = () => dialog.returnValue === "yes" && keepNote(grid, column, text.value.trim());
  dialog.showModal();
}

async function keepNote(grid, column, note) {
  if (note === (column.note ?? "")) return;
  const path = ["column_notes", column.name];
  const edit = note ? { do: "set", path, value: note } : { do: "remove", path };
  const answer = await save(address, { file: grid.file, edits: [edit] });
  if (!answer.ok) return;
  column.note = note;
  grid.table.setColumns(grid.definitions());
}

function characteristicForm(grid) {
  const box = document.createElement("span");
  box.className = "grid-columns";
  const name = field("input", texts.characteristic, "new-characteristic");
  const words = Object.assign(document.createElement("datalist"), { id: "facts-to-score" });
  words.append(...grid.words.filter((word) => word.what === "fact").map((word) => option(word.name, word.title)));
  name.querySelector("input").setAttribute("list", words.id);
  const add = async () => {
    const fact = name.querySelector("input").value.trim();
    if (!fact) return;
    const value = { fact, weight: 1, attributes: [{ when: "-", points: 0 }] };
    const at = new Set(grid.datas().map((data) => data._group?.at(-1))).size;
    const answer = await save(address, { file: grid.file, edits: [{ do: "insert", path: grid.path, at, value }] });
    if (answer.ok) await grid.reload();
  };
  box.append(name, words, button(texts.acts.add_characteristic, add));
  return box;
}
