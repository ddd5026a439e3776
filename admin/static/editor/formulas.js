/**
 * Formula fields: a list of the facts, parameters, outputs and functions that begin with what is typed, and below the
 * field the character at which the formula cannot be read.
 *
 * Keys as of a combobox: arrows choose, Enter or Tab takes, Escape closes.
 */
import { say, textOf } from "./fields.js";

const draft = document.getElementById("draft");
const texts = JSON.parse(document.getElementById("formula-texts").textContent);
const MOST = 12;
const WAIT_BEFORE_TRYING = 300;
const AROUND = 40;
const own = texts.words;
let words = own;
let trying;

fetch(draft.dataset.words)
  .then((got) => got.json())
  .then((answer) => {
    const known = new Set(own.map((word) => word.name));
    words = [...own, ...answer.words.filter((word) => word.what !== "reason" && !known.has(word.name))];
  })
  .catch(() => undefined);

function wordAt(field) {
  const [before] = field.value.slice(0, field.selectionStart).match(/[\p{L}_][\p{L}\p{N}_.]*$/u) ?? [""];
  return before;
}

function suggestionsFor(typed) {
  const asked = typed.toLowerCase();
  const begins = words.filter((word) => word.name.toLowerCase().startsWith(asked));
  const holds = words.filter((word) => !begins.includes(word) && `${word.name} ${word.title}`.toLowerCase().includes(asked));
  return [...begins, ...holds].slice(0, MOST);
}

const listOf = (field) => document.getElementById(field.getAttribute("aria-controls"));
const isOpen = (field) => field.getAttribute("aria-expanded") === "true";

function close(field) {
  listOf(field).hidden = true;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

function open(field) {
  const typed = wordAt(field);
  const found = typed ? suggestionsFor(typed) : [];
  if (!found.length || (found.length === 1 && found[0].name === typed)) {
    close(field);
    return;
  }
  const list = listOf(field);
  list.replaceChildren(
    ...found.map((word, place) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${place}`;
      option.setAttribute("role", "option");
      option.dataset.name = word.name;
      const name = Object.assign(document.createElement("b"), { textContent: word.name });
      name.setAttribute("translate", "no");
      option.append(name, ` ${[texts.kinds[word.what] ?? word.what, word.title].filter(Boolean).join(texts.colon)}`);
      return option;
    }),
  );
  list.hidden = false;
  field.setAttribute("aria-expanded", "true");
  choose(field, 0);
}

function choose(field, place) {
  const options = [...listOf(field).children];
  const chosen = (place + options.length) % options.length;
  options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
  field.setAttribute("aria-activedescendant", options[chosen].id);
  options[chosen].scrollIntoView({ block: "nearest" });
}

const chosenOf = (field) => [...listOf(field).children].findIndex((option) => option.getAttribute("aria-selected") === "true");

function take(field, name) {
  const typed = wordAt(field);
  field.setRangeText(name, field.selectionStart - typed.length, field.selectionStart, "end");
  close(field);
  tryLater(field);
}

function tryLater(field) {
  clearTimeout(trying);
  trying = setTimeout(() => attempt(field), WAIT_BEFORE_TRYING);
}

/** Ask what is wrong with a formula as it is typed, and show it at its character. */
async function attempt(field) {
  const file = field.closest("[data-form]").dataset.file;
  const typed = textOf(field);
  const headers = { "Content-Type": "application/json", "X-CSRFToken": draft.dataset.csrf };
  const body = JSON.stringify({ file, path: JSON.parse(field.dataset.path), text: typed });
  let answer;
  try {
    const got = await fetch(texts.address, { method: "POST", headers, body, redirect: "error" });
    answer = await got.json();
  } catch {
    return;
  }
  if (textOf(field) !== typed) return;
  const [first] = answer.problems ?? [];
  if (!first) {
    say(field, answer.said ?? "");
    return;
  }
  say(field, `${first.message} ${first.remedy}`, first.at === null ? "" : pointerTo(typed, first.at));
}

/** Return the part of a formula around a character, and below it what points at that. */
function pointerTo(typed, at) {
  const from = at > AROUND + 10 ? at - AROUND : 0;
  const shown = (from ? "… " : "") + typed.slice(from, at + AROUND);
  return `${shown}\n${" ".repeat(width(shown.slice(0, at - from + (from ? 2 : 0))))}^`;
}

// A Chinese character is as wide as two others where all are of one width.
const width = (text) => [...text].reduce((sum, letter) => sum + (/[\u1100-\uffe6]/.test(letter) ? 2 : 1), 0);

const fieldOf = (event) => (event.target.matches?.("[data-formula]") ? event.target : null);

document.addEventListener("input", (event) => {
  const field = fieldOf(event);
  if (!field) return;
  open(field);
  tryLater(field);
});
document.addEventListener("change", (event) => {
  const field = fieldOf(event);
  if (field) tryLater(field);
});
document.addEventListener("focusout", (event) => {
  const field = fieldOf(event);
  if (field) close(field);
});
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest(".suggestions [role=option]");
  if (!option) return;
  // The field stays focused.
  event.preventDefault();
  take(document.querySelector(`[aria-controls="${option.parentElement.id}"]`), option.dataset.name);
});
document.addEventListener(
  "keydown",
  (event) => {
    const field = fieldOf(event);
    if (!field) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (isOpen(field) && event.key in steps) choose(field, chosenOf(field) + steps[event.key]);
    else if (isOpen(field) && ["Enter", "Tab"].includes(event.key)) take(field, listOf(field).children[chosenOf(field)].dataset.name);
    else if (isOpen(field) && event.key === "Escape") close(field);
    else if (event.key === " " && event.ctrlKey) open(field);
    else return;
    event.preventDefault();
  },
  true,
);
