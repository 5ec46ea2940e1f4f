const MAX_LENGTH = 80;

/** The known word that another was most likely meant to be, without regard to case; undefined where none is close. Looks
 *  at 10,000 words at most. */
export function nearestOf(word: string, known: Iterable<string>): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  const wanted = word.toLowerCase();
  let best: { word: string; distance: number } | undefined;
  let left = 10_000;
  for (const one of known) {
    if (left-- === 0) break;
    const furthest = best?.distance ?? Math.max(2, one.length / 2);
    if (Math.abs(one.length - word.length) >= furthest) continue;
    const distance = editDistance(wanted, one.toLowerCase());
    if (distance < furthest) best = { word: one, distance };
  }
  return best?.word;
}

export type NearestOf = typeof nearestOf;

/** `nearestOf` for many words: of the first hundred only, for each takes time in proportion to what is known. */
export function nearestOfFew(): NearestOf {
  let left = 100;
  return (word, known) => (left-- > 0 ? nearestOf(word, known) : undefined);
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
