import type { Candidate } from './candidate.ts';

/** Literals, those that differ in case only and lead to the same as one; the most frequent spelling
 *  first. Paths are case-sensitive, but many servers are not. */
export function uniteSpellings(literals: readonly Candidate[]): Candidate[][] {
  const groups: Candidate[][] = [];
  for (const spellings of Map.groupBy(literals, ({ token }) => token.toLowerCase()).values()) {
    const ordered = [...spellings].sort(
      (a, b) => b.requests - a.requests || (a.token < b.token ? -1 : 1),
    );
    const [main] = ordered;
    if (main === undefined) continue;
    const same = ordered.filter((other) => other === main || leadsToSame(main, other));
    groups.push(same, ...ordered.filter((other) => !same.includes(other)).map((other) => [other]));
  }
  return groups;
}

/** All that is right below the rarer spelling is below the other too. A template known beforehand has
 *  its spelling for itself. */
function leadsToSame(main: Candidate, other: Candidate): boolean {
  if (main.asLiteral.length > 0 && other.asLiteral.length > 0) return false;
  const known = nextOf(main);
  for (const next of nextOf(other)) if (!known.has(next)) return false;
  return true;
}

/** Methods and what follows, values as one. */
function nextOf({ views }: Candidate): Set<string> {
  const next = new Set<string>();
  for (const { ends, below } of views) {
    for (const method of ends.keys()) next.add(`${method} `);
    for (const { word } of below) next.add(word.toLowerCase());
  }
  return next;
}
