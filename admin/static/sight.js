// What has the focus stays in sight: a part of the page that comes late, or is shown anew, may stand above it and grow.

function isInSight(element) {
  const box = element.getBoundingClientRect();
  return box.height > 0 && box.bottom > 0 && box.top < innerHeight;
}

/** Changes the page; what had the focus and was seen is seen afterwards, and nothing is scrolled that need not be. */
export function keepingSight(change) {
  const at = document.activeElement;
  const isWatched = at && at !== document.body && isInSight(at);
  change();
  if (isWatched && at.isConnected) at.scrollIntoView({ block: "nearest", inline: "nearest" });
}
