// A table wider than its place is scrolled by keys too: it can be gone to, is called what its heading says, and its
// edge shows on which side there is more. A table that fits is left as it is.
const fitting = new ResizeObserver((entries) => entries.forEach((entry) => tell(entry.target)));

/** Returns the last heading before an element: what the table in it is about. */
function headingOf(element) {
  const isBefore = (heading) => heading.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
  return [...document.querySelectorAll("main :is(h1, h2, h3, h4)")].filter(isBefore).at(-1);
}

function tell(place) {
  const more = place.scrollWidth - place.clientWidth;
  const isWide = more > 1;
  place.classList.toggle("more-left", isWide && place.scrollLeft > 1);
  place.classList.toggle("more-right", isWide && place.scrollLeft < more - 1);
  if (!isWide) {
    for (const name of ["tabindex", "role", "aria-label"]) place.removeAttribute(name);
    return;
  }
  place.tabIndex = 0;
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", headingOf(place)?.textContent.trim().replace(/\s+/g, " ") ?? document.title);
}

for (const place of document.querySelectorAll(".table-scroll")) {
  place.addEventListener("scroll", () => tell(place), { passive: true });
  fitting.observe(place);
}
