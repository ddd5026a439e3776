/** Beside the text of a file: what the checks say of the text as it is kept, each with the line it is about. */
const texts = JSON.parse(document.getElementById("editor-texts").textContent);
const list = document.getElementById("problems");
const state = document.getElementById("problems-state");
const area = document.getElementById("text");
const COLOURS = { error: "bad", warning: "warn", note: "" };

/** Go to a line of the text, and select it where it can be changed. */
function goTo(number) {
  const lines = area.textContent.split("\n");
  const start = lines.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
  area.focus();
  if (area.setSelectionRange) area.setSelectionRange(start, start + (lines[number - 1]?.length ?? 0));
  area.scrollTop = (area.scrollHeight / Math.max(lines.length, 1)) * Math.max(number - 5, 0);
}

function lead() {
  const found = /^#line-(\d+)$/.exec(location.hash);
  if (found) goTo(Number(found[1]));
}

function item({ severity, file, line, message, remedy }) {
  const made = document.createElement("li");
  const mark = Object.assign(document.createElement("span"), { className: `state ${COLOURS[severity]}` });
  mark.textContent = texts.severities[severity];
  const words = document.createElement("a");
  words.href = `${list.dataset.text}?file=${encodeURIComponent(file)}#line-${line || 1}`;
  words.textContent = `${file}${texts.more.replace("{more}", texts.line.replace("{line}", line || 1))}`;
  made.append(mark, " ", words, `${texts.colon}${message} ${remedy}`);
  return made;
}

function inOrder(findings) {
  const rank = ({ file, severity }) => (file === list.dataset.file ? 0 : 10) + Object.keys(COLOURS).indexOf(severity);
  return [...findings].sort((one, other) => rank(one) - rank(other) || one.line - other.line);
}

async function check() {
  const got = await fetch(list.dataset.findings, { redirect: "error" });
  const answer = await got.json();
  if (!got.ok) throw new Error(answer.said);
  state.className = `state ${answer.is_green ? "good" : "bad"}`;
  state.textContent = answer.is_green ? texts.green : texts.not_green;
  const failed = answer.cases.failed.map((one) =>
    Object.assign(document.createElement("li"), {
      textContent: `${texts.case_failed.replace("{name}", one.name)} ${one.differences.join(texts.semicolon)}`,
    }),
  );
  const nothing = Object.assign(document.createElement("li"), { textContent: texts.no_problems });
  const found = [...inOrder(answer.findings).map(item), ...failed];
  list.replaceChildren(...(found.length ? found : [nothing]));
}

window.addEventListener("hashchange", lead);
lead();
check().catch(() => {
  state.className = "state warn";
  state.textContent = texts.unchecked;
});
