// How the numbers beside an axis are written.
const MARKS = 9, MOST_DIGITS = 6;

/** Return what writes a number beside an axis over these values: as short as tells two of its marks apart. */
export function shortOver(values, language) {
  const known = values.filter((value) => value !== null);
  const least = Math.min(...known);
  const step = (Math.max(...known) - least) / (MARKS - 1);
  // An axis has fewer marks than these.
  const marks = Array.from({ length: MARKS }, (_, place) => least + step * place);
  for (let digits = 1; digits < MOST_DIGITS; digits += 1) {
    const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: digits });
    if (step === 0 || new Set(marks.map(short.format)).size === MARKS) return short.format;
  }
  return new Intl.NumberFormat(language, { maximumFractionDigits: MOST_DIGITS }).format;
}
