// Turning a dial of a draft: the curve of each figure over its whole range, and one edit when it is let go.
import { drawn, loaded, resized } from "./curve_charts.js";

const BETWEEN = 120;
const panel = document.getElementById("curves");
const part = (name) => panel.querySelector(`[data-${name}]`);
const select = document.getElementById("curve-dial");
const slider = document.getElementById("curve-value");

/** What is turned: its name, the answer so far, and the value under the hand. */
let turned = null;
let asking = null;
let later = 0;

function element(name, text, className = "") {
  return Object.assign(document.createElement(name), { textContent: text, className });
}

async function offer() {
  const answer = await fetch(panel.dataset.dials, { redirect: "error" });
  if (!answer.ok) return;
  const offered = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("dials-offered");
  const chosen = select.value;
  select.replaceChildren(...[...offered.children].map((one) => document.importNode(one, true)));
  select.value = chosen;
  if (select.selectedIndex < 0) select.value = "";
}

/** Turn another dial, by its kind and name. */
function choose(kind, name, label) {
  clearTimeout(later);
  asking?.abort();
  turned = name ? { kind, name, label, answer: null, at: "" } : null;
  part("turning").hidden = true;
  part("said").textContent = name ? panel.dataset.waiting : "";
  if (turned) ask();
}

async function ask() {
  clearTimeout(later);
  asking?.abort();
  const mine = turned;
  const control = (asking = new AbortController());
  const words = new URLSearchParams({ [mine.kind]: mine.name, at: mine.at });
  try {
    const got = await fetch(`${panel.dataset.address}?${words}`, { redirect: "error", signal: control.signal });
    if (!got.ok) throw new Error(String(got.status));
    const answer = await got.json();
    if (mine !== turned) return;
    if (answer.state !== "told") {
      part("said").textContent = answer.said;
      if (answer.again) later = setTimeout(ask, answer.again * 1000);
      return;
    }
    await loaded(panel.dataset.echarts);
    show(answer);
    if (!answer.is_done) later = setTimeout(ask, BETWEEN);
  } catch (error) {
    if (error.name === "AbortError") return;
    part("said").textContent = panel.dataset.failed;
  }
}

function show(answer) {
  const isFirst = !turned.answer;
  const own = turned.answer?.range.own ?? answer.range.own;
  turned.answer = { ...answer, range: { ...answer.range, own } };
  if (isFirst) {
    const { least, most, step } = answer.range;
    // The own value need not be a step: any value can be stood on, and those of the steps are snapped to.
    Object.assign(slider, { min: least, max: most, step: Math.min(step, (most - least) / 100) || 1 });
    slider.value = own;
    part("name").textContent = turned.label;
  }
  part("said").textContent = "";
  part("turning").hidden = false;
  part("took").textContent = answer.took;
  part("flats").replaceChildren(...answer.flat.map((one) => element("li", one.said)));
  tabulate(answer);
  stand();
}

/** Show what stands under the hand: the value that was run nearest to it. */
function stand() {
  const { points, figures, range } = turned.answer;
  const value = Number(slider.value);
  const near = (x) => points.reduce((a, b) => (Math.abs(b.value - x) < Math.abs(a.value - x) ? b : a));
  const [at, own] = [near(value), near(range.own)];
  const isExact = Math.abs(at.value - value) <= range.step / 2;
  const said = isExact ? at.text : `${slider.value}; ${panel.dataset.nearest}: ${at.text}`;
  part("at").textContent = said;
  slider.setAttribute("aria-valuetext", said);
  part("figures").tBodies[0].replaceChildren(
    ...figures.map((figure, place) => {
      const row = element("tr", "");
      const name = element("th", figure.label);
      name.scope = "row";
      const value = element("td", at.figures[place].text, "number");
      value.append(element("span", `${panel.dataset.own}: ${own.figures[place].text}`, "was"));
      row.append(name, value);
      return row;
    }),
  );
  drawn(part("charts"), turned.answer, value, panel.dataset);
}

function tabulate({ points, figures, flat }) {
  const head = element("tr", "");
  head.append(element("th", panel.dataset.value), ...figures.map((one) => element("th", one.label, "number")));
  const table = part("points");
  table.tHead.replaceChildren(head);
  table.tBodies[0].replaceChildren(
    ...points.map((point) => {
      const row = element("tr", "");
      const isFlat = flat.some((one) => one.from <= point.value && point.value <= one.to);
      const value = element("th", isFlat ? `${point.text} (${panel.dataset.flat})` : point.text);
      value.scope = "row";
      row.append(value, ...point.figures.map((one) => element("td", one.text, "number")));
      return row;
    }),
  );
}

/** The text of a value on a step of the dial, as the policy writes it. */
function written(value) {
  const { step, least, most } = turned.answer.range;
  const on = Math.min(Math.max(Math.round(value / step) * step, least), most);
  const decimals = (String(step).split(".")[1] ?? "").length;
  return on.toFixed(decimals);
}

/** Let the draft have the value: one edit. */
async function keep() {
  const draft = document.getElementById("draft");
  const { path, rule_set: ruleSet, range } = turned.answer;
  if (!draft || Number(slider.value) === range.own) return;
  const isParameter = turned.kind === "parameter";
  if (!isParameter && ruleSet !== panel.dataset.ruleSet) {
    part("said").textContent = panel.dataset.elsewhere;
    return;
  }
  const { save, address } = await import("./draft.js");
  const text = written(slider.value);
  const value = isParameter ? text : cell(text);
  const file = isParameter ? "policy.yaml" : panel.dataset.file;
  const kept = await save(address, { file, edits: [{ do: "set", path, value }] });
  if (!kept.ok) return;
  turned.answer.range.own = Number(text);
  stand();
  // Whoever shows the file reads it anew.
  const detail = { revision: Number(document.body.dataset.revision), file };
  document.dispatchEvent(new CustomEvent("draft:undone", { detail, cancelable: true }));
}

function cell(text) {
  const { before, after } = turned.answer.cell;
  return before + text + after;
}

if (panel) {
  select.addEventListener("focus", offer, { once: true });
  select.addEventListener("change", () => {
    const chosen = select.selectedOptions[0];
    choose(chosen?.dataset.kind, select.value, chosen?.textContent);
  });
  slider.addEventListener("input", () => {
    turned.at = written(slider.value);
    stand();
    clearTimeout(later);
    later = setTimeout(ask, BETWEEN);
  });
  slider.addEventListener("change", keep);
  document.addEventListener("draft:saved", offer);
  window.addEventListener("resize", () => resized(part("charts")));
  for (const place of document.querySelectorAll(".curve[data-parameter]")) {
    const name = place.dataset.parameter;
    const button = element("button", panel.dataset.curve, "btn btn-sm btn-outline-primary");
    button.type = "button";
    button.addEventListener("click", async () => {
      await offer();
      place.append(panel);
      select.value = name;
      choose("parameter", name, select.selectedOptions[0]?.textContent ?? name);
    });
    place.append(button);
  }
  const ofCell = part("of-cell");
  document.addEventListener("cell:selected", (event) => {
    const { row, column } = event.detail;
    const begins = `${panel.dataset.ruleSet}/${row}/${column}/`;
    const option = [...select.options].find((one) => one.value.startsWith(begins));
    ofCell.hidden = !option;
    ofCell.dataset.bound = option?.value ?? "";
    ofCell.querySelector("span").textContent = option?.textContent ?? "";
  });
  ofCell.addEventListener("click", () => {
    select.value = ofCell.dataset.bound;
    choose("bound", select.value, select.selectedOptions[0].textContent);
  });
  offer();
}
