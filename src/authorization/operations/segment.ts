import { fold } from './fold.ts';
import { isPlainCode, toCanonicalSpelling } from './wire-path.ts';

/** One segment of a pattern. `mixed` is a parameter with something literal about it, `{from}-{to}.json`: the texts
 *  around its gaps, each of which takes one character at least. `wildcard` is `*`. */
export type SegmentPattern =
  | { readonly kind: 'literal'; readonly exact: string; readonly folded: string }
  | { readonly kind: 'mixed'; readonly exact: Texts; readonly folded: Texts }
  | { readonly kind: 'parameter' }
  | { readonly kind: 'wildcard' };

/** The texts around gaps: one more than there are gaps, the first and the last perhaps empty. */
export type Texts = readonly string[];

/** Whether literals are compared as they are, or without regard to case. */
export type Comparison = 'exact' | 'folded';

/** Reads one segment of a pattern and gives it with its canonical text; undefined where it is not one. */
export function parseSegment(
  text: string,
): { readonly segment: SegmentPattern; readonly text: string } | undefined {
  if (text === '*') return { segment: WILDCARD, text };
  if (isPlain(text) && !isDots(text)) return { segment: toPlain(text), text };
  if (isParameter(text)) return { segment: PARAMETER, text };
  const pieces = piecesOf(text);
  if (!pieces) return undefined;
  const { literals, names } = pieces;
  const exact = literals.map(toLiteral);
  if (!exact.every((one) => one !== undefined)) return undefined;
  const canonical = exact.map((one, index) => one + (names[index] ?? '')).join('');
  const [first = '', second] = exact;
  if (second === undefined) {
    if (first === '' || isDots(first)) return undefined;
    return { segment: { kind: 'literal', exact: first, folded: fold(first) }, text: canonical };
  }
  const around = exact.filter((one, at) => one !== '' || at === 0 || at === exact.length - 1);
  if (around.every((one) => one === '')) return { segment: PARAMETER, text: canonical };
  return { segment: { kind: 'mixed', exact: around, folded: around.map(fold) }, text: canonical };
}

/** How the rest of a path ends, which stands at the end of a pattern alone. */
const REST = '...}';
const WILDCARD: SegmentPattern = { kind: 'wildcard' };
const PARAMETER: SegmentPattern = { kind: 'parameter' };
const isDots = (text: string): boolean => text === '.' || text === '..';
/** Of characters that stand for themselves. */
const toPlain = (text: string): SegmentPattern => ({
  kind: 'literal',
  exact: text,
  folded: text.toLowerCase(),
});

/** Of the usual sort; others are read with more care. */
const isParameter = (text: string): boolean =>
  text.startsWith('{') &&
  text.length > 2 &&
  text.indexOf('}') === text.length - 1 &&
  text.indexOf('{', 1) === -1 &&
  !text.endsWith(REST);

function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (!isPlainCode(text.charCodeAt(at))) return false;
  return text !== '';
}

/** The literal texts of a segment, and the parameters between them as written; braces may be nested. */
function piecesOf(text: string): { literals: string[]; names: string[] } | undefined {
  const literals: string[] = [];
  const names: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' && depth++ === 0) {
      literals.push(text.slice(start, at));
      start = at;
    } else if (character === '}' && --depth === 0) {
      names.push(text.slice(start, at + 1));
      start = at + 1;
    }
    if (depth < 0) return undefined;
  }
  literals.push(text.slice(start));
  const isNamed = names.every((name) => name !== '{}' && !name.endsWith(REST));
  return depth === 0 && isNamed ? { literals, names } : undefined;
}

/** What is written in a literal as it comes in a canonical path; undefined where it cannot. */
function toLiteral(text: string): string | undefined {
  const encoded = text.replace(/[^\u0021-\u003a\u003c-\u007e]|#/gu, encodeCharacter);
  const spelt = toCanonicalSpelling(encoded);
  return typeof spelt === 'string' && !spelt.includes('?') ? spelt : undefined;
}

function encodeCharacter(character: string): string {
  try {
    return encodeURIComponent(character);
  } catch {
    // Half of a surrogate pair stands for nothing: it stays, and is refused.
    return character;
  }
}

export function matchesSegment(pattern: SegmentPattern, text: string, by: Comparison): boolean {
  if (pattern.kind === 'literal') return pattern[by] === text;
  return pattern.kind === 'mixed' ? matchesMixed(pattern, text, by) : text !== '';
}

/** Whether a segment of a folded path matches. */
export const matchesSegmentLoosely = (pattern: SegmentPattern, folded: string): boolean =>
  matchesSegment(pattern, folded, 'folded');

type Mixed = Extract<SegmentPattern, { kind: 'mixed' }>;

/** What matches exactly matches decoded, too: no gap ends amid a percent-encoded character. */
function matchesMixed(pattern: Mixed, text: string, by: Comparison): boolean {
  if (!matchesTexts(pattern[by], text)) return false;
  return by === 'folded' || !text.includes('%') || matchesTexts(pattern.folded, fold(text));
}

/** Whether a text is those texts in their order, with something between any two. */
function matchesTexts(texts: Texts, text: string): boolean {
  const first = texts[0] ?? '';
  const last = texts.at(-1) ?? '';
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const middle of texts.slice(1, -1)) {
    const found = text.indexOf(middle, at + 1);
    if (found === -1) return false;
    at = found + middle.length;
  }
  return at + 1 + last.length <= text.length;
}

/** In no literal: what a gap holds that nothing but a gap takes. */
const ANYTHING = '\u0000';

/** Whether `wide` matches all that `narrow` matches. */
export function containsSegment(
  wide: SegmentPattern,
  narrow: SegmentPattern,
  by: Comparison,
): boolean {
  if (wide.kind === 'parameter' || wide.kind === 'wildcard') return true;
  if (narrow.kind === 'literal') return matchesSegment(wide, narrow[by], by);
  if (narrow.kind !== 'mixed' || wide.kind !== 'mixed') return false;
  return matchesMixed(wide, narrow[by].join(ANYTHING), by);
}

/** Whether some text matches both. */
export function overlapsSegment(a: SegmentPattern, b: SegmentPattern, by: Comparison): boolean {
  if (a.kind === 'literal') return matchesSegment(b, a[by], by);
  if (b.kind === 'literal') return matchesSegment(a, b[by], by);
  if (a.kind !== 'mixed' || b.kind !== 'mixed') return true;
  const begin = [a[by][0] ?? '', b[by][0] ?? ''] as const;
  const end = [a[by].at(-1) ?? '', b[by].at(-1) ?? ''] as const;
  // What is longer takes its place in the gap of the other, and all that stands between goes one behind the other.
  return (
    (begin[0].startsWith(begin[1]) || begin[1].startsWith(begin[0])) &&
    (end[0].endsWith(end[1]) || end[1].endsWith(end[0]))
  );
}

const RANK = { literal: 3, mixed: 2, parameter: 1, wildcard: 1 } as const;

/** How two segments compare: positive where `a` is more specific, 0 where neither is; undefined where they are of
 *  one kind but neither contains the other. */
export function compareSegments(a: SegmentPattern, b: SegmentPattern): number | undefined {
  if (a.kind !== 'mixed' || b.kind !== 'mixed') return RANK[a.kind] - RANK[b.kind];
  const isWide = containsSegment(b, a, 'folded');
  const isNarrow = containsSegment(a, b, 'folded');
  return isWide || isNarrow ? Number(isWide) - Number(isNarrow) : undefined;
}
