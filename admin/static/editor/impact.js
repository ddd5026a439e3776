// Beside the text of a draft: what it would change, asked anew whenever an edit was saved.
import { keepingSight } from "../sight.js";

const panel = document.getElementById("impact");

/** Asks for the panel's content; a later question takes the place of an earlier one. */
class Questions {
  /** @param {HTMLElement} panel */
  constructor(panel) {
    this.told = panel.querySelector("[data-told]");
    this.panel = panel;
    this.baseline = panel.querySelector("select");
    this.asking = null;
    this.later = 0;
  }

  async ask() {
    clearTimeout(this.later);
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    this.told.setAttribute("aria-busy", "true");
    if (!this.told.childElementCount) this.say(this.panel.dataset.waiting);
    const where = document.getElementById("draft") ? "&editor" : "";
    const address = `${this.panel.dataset.address}?baseline=${encodeURIComponent(this.baseline.value)}${where}`;
    try {
      const answer = await fetch(address, { credentials: "same-origin", redirect: "error", signal: asking.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      this.show(await answer.text());
    } catch (error) {
      if (error.name === "AbortError") return;
      this.say(this.panel.dataset.failed);
      this.askIn(10);
    }
    if (asking === this.asking) this.told.setAttribute("aria-busy", "false");
  }

  /** @param {string} page */
  show(page) {
    const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("impact-told");
    if (!fresh) throw new Error("no answer");
    const open = [...this.told.querySelectorAll("details")].map((one) => one.open);
    keepingSight(() => {
      this.told.replaceChildren(document.importNode(fresh, true));
      // What somebody has opened stays open while they edit.
      [...this.told.querySelectorAll("details")].forEach((one, place) => { one.open = open[place] ?? false; });
    });
    const seconds = Number(fresh.dataset.again);
    if (seconds) this.askIn(seconds);
    document.dispatchEvent(new CustomEvent("impact:told", { detail: { state: fresh.dataset.state } }));
  }

  say(text) {
    const said = document.createElement("p");
    said.textContent = text;
    keepingSight(() => this.told.replaceChildren(said));
  }

  askIn(seconds) {
    this.later = setTimeout(() => this.ask(), seconds * 1000);
  }
}

if (panel) {
  const questions = new Questions(panel);
  panel.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    questions.ask();
  });
  questions.baseline.addEventListener("change", () => questions.ask());
  document.addEventListener("draft:saved", () => questions.ask());
  questions.ask();
}
