/** The list of what the checks say of the draft; each leads to the cell, or else to the line, that it is about. */
import { keepingSight } from "../sight.js";
import { fill, texts } from "./draft.js";

const COLOURS = { error: "bad", warning: "warn", note: "" };
const WAIT_BEFORE_COUNTING = 1500;
let lines = [];
let counting;
const draft = document.getElementById("draft");
const list = document.getElementById("problems");
const notes = document.getElementById("notes");
const state = document.getElementById("problems-state");

/** Return where a finding is seen: in its form, else at its line in the text. */
export function addressOf(finding) {
  const part = partOf(finding);
  if (!part) return `${draft.dataset.text}?file=${encodeURIComponent(finding.file)}#line-${finding.line}`;
  return `${draft.dataset.editor}?part=${encodeURIComponent(part)}#${encodeURIComponent(JSON.stringify(finding.path))}`;
}

function partOf(finding) {
  const name = finding.file.replace(/\.yaml$/, "");
  if (name === "policy") return finding.path[0] === "parameters" ? "parameters" : "";
  return ["reasons", "overrides", ""].includes(name) ? "" : name;
}

function item(severity, message, href) {
  const line = document.createElement("li");
  const mark = document.createElement("span");
  mark.className = `state ${COLOURS[severity]}`;
  mark.textContent = texts.severities[severity];
  const words = document.createElement(href ? "a" : "span");
  if (href) words.href = href;
  words.textContent = message;
  line.append(mark, " ", words);
  return line;
}

function show(answer) {
  if (!answer) {
    state.className = "state warn";
    state.textContent = texts.unchecked;
    return;
  }
  state.className = `state ${answer.is_green ? "good" : "bad"}`;
  state.textContent = answer.is_green ? texts.green : texts.not_green;
  const failed = answer.cases.failed.map((one) =>
    item("error", `${fill(texts.case_failed, one)} ${one.differences.join(texts.semicolon)}`, `${draft.dataset.editor}?part=cases`),
  );
  lines = [];
  const made = answer.findings.map(line);
  const [errors, warnings, remarks] = ["error", "warning", "note"].map((severity) =>
    made.filter((_, number) => answer.findings[number].severity === severity),
  );
  const found = [...errors, ...failed, ...warnings];
  const nothing = Object.assign(document.createElement("li"), { textContent: texts.no_problems });
  keepingSight(() => {
    list.replaceChildren(...(found.length ? found : [nothing]));
    notes.replaceChildren(...remarks);
    notes.parentElement.hidden = !remarks.length;
  });
  clearTimeout(counting);
  counting = setTimeout(() => concern(answer).catch(() => undefined), WAIT_BEFORE_COUNTING);
}

function line(finding) {
  const made = item(finding.severity, `${finding.message} ${finding.remedy}`, addressOf(finding));
  lines.push(made);
  if (finding.fill) made.append(filling(finding));
  return made;
}

/** A button that puts a ready row into the table, or leads to the table that it belongs into. */
function filling(finding) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: texts.fill });
  button.className = "btn btn-sm btn-outline-primary ml-1";
  button.addEventListener("click", () => {
    if (finding.file !== draft.dataset.file) location.assign(addressOf(finding));
    else document.dispatchEvent(new CustomEvent("draft:fill", { detail: finding.fill }));
  });
  return button;
}

/** Say beside each finding how many customers it concerns, where the ledger is small enough to be asked. */
async function concern(answer) {
  const shown = lines;
  const got = await fetch(draft.dataset.concerned, { redirect: "error" });
  const told = await got.json();
  if (!got.ok || told.revision !== answer.revision || shown !== lines) return;
  const uncounted = document.getElementById("uncounted");
  uncounted.hidden = told.is_counted || !answer.findings.some((one) => one.severity !== "note");
  if (told.why) uncounted.textContent = told.why;
  told.concerned.forEach((one, number) => {
    if (!one) return;
    const words = Object.assign(document.createElement("div"), { className: "concerned", textContent: fill(texts.concerned, one) });
    shown[number]?.append(words);
  });
}

document.addEventListener("draft:checked", (event) => show(event.detail));
document.addEventListener("draft:saved", () => {
  state.className = "state";
  state.textContent = texts.checking;
});
