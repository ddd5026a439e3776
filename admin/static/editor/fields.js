/**
 * Forms whose fields are values of a file: each is kept as soon as it was changed, and what is refused is said beside it.
 *
 * A field names in data-path where its value stands in the file of its form, `data-as="reasons"` writes codes, an empty
 * one of `data-optional` is taken out. A range shows the number of the field that data-of names. In a data-pair a name
 * and a value become an entry below its path. A button's data-edits are made when it is pressed.
 */
import { address, save, tell, texts } from "./draft.js";

const formOf = (element) => element.closest("[data-form]");
const was = new WeakMap();

/** Return what was kept of a field last. */
function keptOf(field) {
  return was.get(field) ?? field.dataset.kept ?? field.defaultValue ?? "";
}

/** Return what stands in a field as it is kept: on one line. */
export const textOf = (field) => field.value.trim().replace(/\s+/g, " ");

function editOf(field) {
  const path = JSON.parse(field.dataset.path);
  const text = textOf(field);
  if (field.dataset.as === "reasons") return { do: "reasons", path, value: text.split(/[\s,，]+/).filter(Boolean) };
  if (!text && "optional" in field.dataset) return { do: "remove", path };
  return { do: "set", path, value: text };
}

/** Say beside a field what is wrong with it; nothing of it if nothing is. */
export function say(field, words, pointer = "") {
  const id = `${field.id}-said`;
  let box = document.getElementById(id);
  if (!box) {
    box = Object.assign(document.createElement("div"), { id, className: "field-said" });
    box.setAttribute("role", "alert");
    (field.closest(".field-with-suggestions") ?? field).after(box);
  }
  const mark = Object.assign(document.createElement("pre"), { className: "pointer", textContent: pointer });
  box.replaceChildren(...(pointer ? [mark] : []), words);
  box.hidden = !words;
  field.toggleAttribute("aria-invalid", Boolean(words));
  if (words) field.setAttribute("aria-describedby", id);
  else field.removeAttribute("aria-describedby");
}

function refusalOf(answer) {
  const said = answer.problems.map((one) => `${one.message} ${one.remedy}`).join(" ");
  return said || answer.said;
}

/** Keep a field if it says something new; return whether it is as it was typed now. */
export async function keep(field) {
  const form = formOf(field);
  const text = textOf(field);
  if (text === keptOf(field)) {
    say(field, "");
    tell(texts.saved);
    return true;
  }
  const answer = await save(address, { file: form.dataset.file, edits: [editOf(field)] });
  const isKept = answer.ok && !answer.refused.length;
  say(field, isKept ? "" : refusalOf({ ...answer, problems: [...answer.problems, ...answer.refused] }));
  if (isKept) {
    was.set(field, text);
    await refresh("[data-refreshed]");
  }
  return isKept;
}

/** Return the page as it would be shown now; null where it cannot be. */
async function pageNow() {
  try {
    const got = await fetch(location.href, { redirect: "error" });
    return got.ok ? new DOMParser().parseFromString(await got.text(), "text/html") : null;
  } catch {
    return null;
  }
}

/** Show parts of the page as the draft is now. */
async function refresh(parts, page) {
  if (!document.querySelector(parts)) return;
  const now = page ?? (await pageNow());
  for (const shown of now ? document.querySelectorAll(parts) : []) {
    const fresh = now.getElementById(shown.id);
    if (!fresh) continue;
    for (const details of shown.querySelectorAll("details[id][open]")) now.getElementById(details.id)?.setAttribute("open", "");
    shown.replaceWith(document.importNode(fresh, true));
  }
}

const FIELDS = "[data-path], [data-of]";
const nameOf = (field) => field.id || field.dataset.of;

/** Show the values of a form as the draft has them now; one whose parts are others is shown anew. */
async function reread(form) {
  const page = await pageNow();
  const fresh = page?.getElementById(form.id);
  if (!fresh) return;
  const [shown, kept] = [form, fresh].map((one) => [...one.querySelectorAll(FIELDS)]);
  const isSame = shown.length === kept.length && shown.every((field, at) => nameOf(field) === nameOf(kept[at]));
  if (!isSame) {
    await refresh(`#${form.id}`, page);
    return;
  }
  shown.forEach((field, at) => {
    field.value = kept[at].value;
    was.set(field, kept[at].dataset.kept);
    if (field.dataset.path) say(field, "");
  });
  await refresh("[data-refreshed]", page);
}

async function change(element, edits, focus) {
  const form = formOf(element);
  const answer = await save(address, { file: form.dataset.file, edits });
  if (!answer.ok) {
    say(element, refusalOf(answer));
    return;
  }
  await refresh(`#${form.id}`);
  const next = focus ? document.getElementById(focus) : null;
  next?.closest("details")?.setAttribute("open", "");
  (next ?? document.getElementById(form.id)).focus();
  document.dispatchEvent(new CustomEvent("fields:shown"));
}

function addPair(pair) {
  const [name, value] = pair.querySelectorAll("input");
  if (!name.value.trim() || !value.value.trim()) return;
  const path = [...JSON.parse(pair.dataset.pair), name.value.trim()];
  change(value, [{ do: "set", path, value: value.value.trim() }]);
}

document.addEventListener("change", (event) => {
  const field = event.target;
  if (!formOf(field)) return;
  if (field.dataset.of) document.getElementById(field.dataset.of).dispatchEvent(new Event("change", { bubbles: true }));
  else if (field.dataset.path) keep(field);
  else if (field.closest("[data-pair]")) addPair(field.closest("[data-pair]"));
});

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.dataset.of) document.getElementById(field.dataset.of).value = field.value;
  const range = field.id && document.querySelector(`[data-of="${CSS.escape(field.id)}"]`);
  if (range) range.value = field.value;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-edits]");
  if (button && formOf(button)) change(button, JSON.parse(button.dataset.edits), button.dataset.focus);
});

// What was taken back, or kept by somebody else of this page, is shown where the form is.
document.addEventListener("draft:undone", (event) => {
  const form = document.querySelector("[data-form]");
  if (!form || event.detail.file !== form.dataset.file) return;
  event.preventDefault();
  reread(form);
});

// Enter keeps a field: there is nothing to send.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.defaultPrevented || !event.target.dataset?.path) return;
  event.preventDefault();
  keep(event.target);
});

/** Lead to the field that a problem is about: its path stands behind the # of the address. */
function lead() {
  let path;
  try {
    path = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return;
  }
  const begin = JSON.stringify(path).slice(0, -1);
  const fields = [...document.querySelectorAll("[data-path]")];
  const found = fields.find((field) => JSON.stringify(JSON.parse(field.dataset.path)).startsWith(begin));
  if (!found) return;
  found.closest("details")?.setAttribute("open", "");
  found.focus();
}

window.addEventListener("hashchange", lead);
lead();
