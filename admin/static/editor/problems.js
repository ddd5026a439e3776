/** The list of what the checks say of the draft; each leads to the cell, or else to the line, that it is about. */
import { fill, texts } from "./draft.js";

const COLOURS = { error: "bad", warning: "warn", note: "" };
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
    item("error", `${fill(texts.case_failed, one)} ${one.differences.join("; ")}`, `${draft.dataset.editor}?part=cases`),
  );
  const [errors, warnings, remarks] = ["error", "warning", "note"].map((severity) =>
    answer.findings.filter((one) => one.severity === severity).map(line),
  );
  const found = [...errors, ...failed, ...warnings];
  const nothing = Object.assign(document.createElement("li"), { textContent: texts.no_problems });
  list.replaceChildren(...(found.length ? found : [nothing]));
  notes.replaceChildren(...remarks);
  notes.parentElement.hidden = !remarks.length;
}

function line(finding) {
  return item(finding.severity, `${finding.message} ${finding.remedy}`, addressOf(finding));
}

document.addEventListener("draft:checked", (event) => show(event.detail));
document.addEventListener("draft:saved", () => {
  state.className = "state";
  state.textContent = texts.checking;
});
