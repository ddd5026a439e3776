/** Tables and scorecards as spreadsheets: reads the sheet of the part that is shown, and builds a grid for each table. */
import { address, fill, save, tell, texts } from "./draft.js";

const draft = document.getElementById("draft");
const place = document.getElementById("sheets");
// Asked for before the spreadsheet itself is loaded.
const asked = Promise.all([fetched(draft.dataset.sheet), fetched(draft.dataset.words)]);
let grids = [];
let checked = null;

async function fetched(address) {
  const got = await fetch(address, { redirect: "error" });
  const answer = await got.json();
  if (!got.ok) throw new Error(answer.said);
  return answer;
}

async function build() {
  const [[sheet, words], { Grid }] = await Promise.all([asked, import("./grid.js")]);
  place.replaceChildren();
  const options = { sheet, words: words.words, reload };
  grids = sheet.grids.map((grid) => new Grid(place, grid, options));
  await Promise.all(grids.map((grid) => grid.ready));
  mark();
  lead();
}

async function reload() {
  const sheet = await fetched(draft.dataset.sheet);
  if (sheet.grids.length !== grids.length) return location.reload();
  await Promise.all(sheet.grids.map((grid, number) => grids[number].refill(grid)));
  mark();
}

function mark() {
  if (checked) for (const grid of grids) grid.marks.keep(checked.findings);
}

/** Go to the cell that the address names, as the list of problems does. */
function lead() {
  if (!location.hash.startsWith("#%5B")) return;
  const path = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  grids.some((grid) => grid.goTo(path));
}

document.addEventListener("draft:checked", (event) => {
  if (event.detail) checked = event.detail;
  mark();
});
document.addEventListener("draft:undone", (event) => {
  if (event.detail.file !== draft.dataset.file) return;
  event.preventDefault();
  reload();
});
document.addEventListener("draft:fill", (event) => {
  if (event.detail.set) widen(event.detail);
  else grids.find((grid) => grid.part === event.detail.part)?.fillGap(event.detail);
});

/** Let a band reach over the hole beside it. */
async function widen({ set, value }) {
  const answer = await save(address, { file: draft.dataset.file, edits: [{ do: "set", path: set, value }] });
  if (!answer.ok) return;
  await reload();
  grids.some((grid) => grid.goTo(set));
}
window.addEventListener("hashchange", lead);
build().catch((error) => tell(fill(texts.no_sheet, { why: error.message }), true));
