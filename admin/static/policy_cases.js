// The table of cases runs anew when the draft was saved; a form of a case gets another empty line once the last is used.

document.addEventListener("draft:saved", async () => {
  const shown = document.getElementById("cases");
  if (!shown) return;
  const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("cases");
  if (fresh) shown.replaceWith(document.importNode(fresh, true));
});

for (const lines of document.querySelectorAll("[data-lines]")) {
  lines.addEventListener("input", () => {
    const last = lines.lastElementChild;
    if (![...last.querySelectorAll("input")].some((field) => field.value)) return;
    const more = last.cloneNode(true);
    for (const field of more.querySelectorAll("input")) {
      field.value = "";
      field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+$/, lines.children.length + 1));
    }
    lines.append(more);
  });
}
