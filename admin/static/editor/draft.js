/**
 * A draft that keeps itself: every accepted edit is stored at once, one after the other, and can be taken back.
 *
 * save(address, change) sends {file, edits: [...]} and answers {ok, revision, refused, problems, said}. Edits:
 *   {do: "set", path: ["rows", 3, "when", "grade"], value: "A"}       over what is there, or as a new key
 *   {do: "reasons", path: ["rows", 3], value: ["PAST_DUE"]}           one, several or none
 *   {do: "remove", path: [...]}  {do: "rename", path: [...], name: "x"}
 *   {do: "insert", path: ["rows"], at: 4, value: {...}}  {do: "move" | "copy", path: ["rows"], from: 3, to: 5}
 * Numbers with decimals are written as text ("0.05"). Everything else of the file stays as its author wrote it.
 *
 * On the document it dispatches
 *   draft:saved   {revision, findings, file}   an edit is stored; `findings` are those known so far
 *   draft:checked {revision, findings, cases, is_green}   what the checks say of that revision
 *   draft:undone  {revision, file}   an edit was taken back or made again: whoever shows the file calls
 *                                    preventDefault() and reads it anew, or else the page is loaded again
 * The revision that the page shows stands in document.body.dataset.revision.
 */

const WAIT_BEFORE_CHECKING = 250;
const WAIT_AT_FIRST = 900;
const WAIT_FOR_OTHERS = 3000;
const draft = document.getElementById("draft");
const status = document.getElementById("draft-status");
const memory = `undo ${draft.dataset.change}`;

/** The words of the page, in its language. */
export const texts = JSON.parse(document.getElementById("editor-texts").textContent);
/** Where this draft is changed. */
export const address = draft.dataset.change;

document.body.dataset.revision = draft.dataset.revision;

let turn = Promise.resolve();
let overtaken = false;
let known = [];
let past = [];
let future = [];
let checking;
let waiting;
let underWay = 0;

/** Return a text of the page with its {names} filled in. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Say in one line, to the eye and to a screen reader, how the last change went. */
export function tell(text, isBad = false) {
  status.textContent = text;
  status.title = text;
  status.classList.toggle("is-bad", isBad);
}

/**
 * Store a change; the answer's `ok` says whether anything of it was kept. Changes are stored in the order asked; what is
 * typed into cells of one file while another change is under way goes together.
 */
export function save(to, change) {
  if (waiting && waiting.to === to && waiting.file === change.file && waiting.isPlain && isPlain(change)) {
    waiting.edits.push(...change.edits);
    return waiting.answer;
  }
  const mine = { ...change, to, edits: [...change.edits], isPlain: isPlain(change) };
  waiting = mine;
  mine.answer = inTurn(async () => {
    if (waiting === mine) waiting = undefined;
    const answer = await send(to, { file: mine.file, edits: mine.edits });
    if (answer.ok) {
      past.push(answer.undo);
      future = [];
      remember();
      announce("draft:saved", change.file);
    }
    return answer;
  });
  return mine.answer;
}

/** Whether a change leaves every row where it stands, so that others can be stored with it. */
function isPlain(change) {
  return change.edits.every(({ do: what, path }) => ["set", "reasons"].includes(what) || (what === "remove" && typeof path.at(-1) === "string"));
}

/** Take the last change back; nothing if there is none. */
export const undo = () => travel(() => past, () => future);
/** Make the change again that was taken back last. */
export const redo = () => travel(() => future, () => past);

/** Fetch what the checks say, soon; of several calls the last one counts. */
export function check(soon = WAIT_BEFORE_CHECKING) {
  clearTimeout(checking);
  checking = setTimeout(fetchFindings, soon);
}

function inTurn(work) {
  underWay += 1;
  const mine = turn.then(work).finally(() => (underWay -= 1));
  turn = mine.catch(() => undefined);
  return mine;
}

function travel(from, to) {
  waiting = undefined;
  return inTurn(async () => {
    const step = from().at(-1);
    if (!step) return;
    const answer = await send(address, step);
    if (!answer.ok) return;
    from().pop();
    to().push(answer.undo);
    remember();
    const isShown = !announce("draft:undone", step.file);
    announce("draft:saved", step.file);
    if (!isShown) location.reload();
  });
}

async function send(to, change, confirmed = false) {
  if (overtaken) return { ok: false, said: texts.conflict, problems: [] };
  tell(texts.saving);
  const revision = Number(document.body.dataset.revision);
  const answer = await post(to, { ...change, revision, confirmed });
  if (answer.code === "R584" && !confirmed) {
    if (await isConfirmed()) return send(to, change, true);
  } else if (answer.code === "S208") {
    showConflict(answer);
  }
  if (answer.ok) {
    document.body.dataset.revision = answer.revision;
    document.getElementById("draft-state").textContent = texts.draft;
    const refused = answer.refused.map((one) => one.message).join(" ");
    tell(refused ? `${texts.refused} ${refused}` : texts.saved, Boolean(refused));
    check();
  } else {
    tell(answer.said, true);
  }
  return answer;
}

async function post(to, body) {
  const nothing = { ok: false, problems: [], refused: [] };
  try {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": draft.dataset.csrf };
    const got = await fetch(to, { method: "POST", headers, body: JSON.stringify(body), redirect: "manual" });
    if (got.type === "opaqueredirect") return { ...nothing, said: texts.signed_out };
    const isData = got.headers.get("Content-Type")?.includes("json");
    if (!isData) return { ...nothing, said: got.status === 400 ? texts.signed_out : texts.away };
    return { ...nothing, ...(await got.json()) };
  } catch {
    return { ...nothing, said: texts.away };
  }
}

async function fetchFindings() {
  try {
    const got = await fetch(draft.dataset.findings, { redirect: "error" });
    // Another text is being checked: it is asked for again.
    if (got.status === 503) return check(WAIT_FOR_OTHERS);
    const answer = await got.json();
    if (!got.ok) throw new Error(answer.said);
    // Somebody is typing faster than the checks run: what comes next says it.
    if (answer.revision < Number(document.body.dataset.revision)) return;
    known = answer.findings;
    document.dispatchEvent(new CustomEvent("draft:checked", { detail: answer }));
  } catch {
    document.dispatchEvent(new CustomEvent("draft:checked", { detail: null }));
  }
}

function announce(name, file) {
  const detail = { revision: Number(document.body.dataset.revision), findings: known, file };
  return document.dispatchEvent(new CustomEvent(name, { detail, cancelable: true }));
}

function isConfirmed() {
  const dialog = document.getElementById("draft-confirm");
  return new Promise((resolve) => {
    for (const button of dialog.querySelectorAll("button")) button.onclick = () => dialog.close(button.value);
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
    dialog.returnValue = "no";
    dialog.showModal();
  });
}

function showConflict(answer) {
  overtaken = true;
  const box = document.getElementById("draft-conflict");
  const list = document.createElement("ul");
  for (const one of answer.changes ?? []) {
    const what = [...one.files, ...one.cells].join("; ");
    list.append(Object.assign(document.createElement("li"), { textContent: fill(texts.changed, { ...one, what }) }));
  }
  const load = document.createElement("button");
  Object.assign(load, { type: "button", className: "btn btn-sm btn-primary", textContent: texts.load });
  load.addEventListener("click", () => location.reload());
  box.replaceChildren(texts.conflict, list, load);
  box.hidden = false;
  load.focus();
}

function remember() {
  document.getElementById("undo").disabled = !past.length;
  document.getElementById("redo").disabled = !future.length;
  const revision = document.body.dataset.revision;
  sessionStorage.setItem(memory, JSON.stringify({ revision, past: past.slice(-50), future: future.slice(-50) }));
}

function recall() {
  const kept = JSON.parse(sessionStorage.getItem(memory) ?? "null");
  // What was done before somebody else's change cannot be taken back.
  if (kept?.revision === document.body.dataset.revision) ({ past, future } = kept);
  remember();
}

function isTyping(target) {
  // What is dragged has nothing of its own to take back.
  return target.closest("input:not([type=range]), textarea, select, [contenteditable]");
}

document.getElementById("undo").addEventListener("click", undo);
document.getElementById("redo").addEventListener("click", redo);
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || isTyping(event.target)) return;
  const isRedo = event.key === "y" || (event.shiftKey && event.key.toLowerCase() === "z");
  if (!isRedo && event.key !== "z") return;
  event.preventDefault();
  (isRedo ? redo : undo)();
});
// Whoever leaves the page while a change is on its way is asked whether to wait for it.
window.addEventListener("beforeunload", (event) => underWay && event.preventDefault());
recall();
// The part that is shown comes first.
check(WAIT_AT_FIRST);
