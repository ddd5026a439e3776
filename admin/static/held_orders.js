// What payment would release an order is tried, not looked up: it is asked for as its row comes into sight, one by one.
const waiting = [];
let isAsking = false;

async function ask() {
  if (isAsking) return;
  isAsking = true;
  while (waiting.length) {
    const cell = waiting.shift();
    const answer = await fetch(cell.dataset.payment, { credentials: "same-origin", redirect: "error" }).catch(() => null);
    // Where it cannot be told now, the link stays.
    if (!answer?.ok) continue;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById("payment");
    if (found) cell.replaceChildren(document.importNode(found, true).firstElementChild);
  }
  isAsking = false;
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((one) => one.isIntersecting)) {
    seen.unobserve(entry.target);
    waiting.push(entry.target.querySelector("[data-payment]"));
  }
  ask();
});

for (const cell of document.querySelectorAll("[data-payment]")) seen.observe(cell.closest("tr"));
