// While work is under way, its part of the page is fetched anew; without this script one loads the page again.
import { keepingSight } from "./sight.js";

const EVERY = 2000;
const LONGEST = 30000;
let wait = EVERY;

async function refresh() {
  const part = document.querySelector("[data-under-way]");
  if (!part) return;
  const isRead = part.contains(document.activeElement) || part.querySelector("details[open]");
  if (!document.hidden && !isRead) {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(part.id);
      if (fresh) keepingSight(() => part.replaceWith(document.importNode(fresh, true)));
      wait = EVERY;
    } catch {
      wait = Math.min(wait * 2, LONGEST);
    }
  }
  setTimeout(refresh, wait);
}

setTimeout(refresh, wait);
