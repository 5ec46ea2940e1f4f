import { foldCharacter } from './fold.ts';
import type { PathPattern } from './pattern.ts';
import type { Comparison, SegmentPattern } from './segment.ts';

/** A pattern as a regular expression over whole canonical paths, in the syntax that RE2, Go, Java and JavaScript share:
 *  linear, without anchors, look-around or flags.
 *  @see https://github.com/google/re2/wiki/Syntax */
export function toRegex(pattern: PathPattern, how: 'exactly' | 'loosely'): string {
  const by: Comparison = how === 'exactly' ? 'exact' : 'folded';
  const segments = pattern.segments.map((segment) => `/${segmentRegex(segment, by)}`).join('');
  if (pattern.rest === 'parameter') return `${segments}(?:/[^/]+)+`;
  if (pattern.rest === 'wildcard') return `${segments}${segments === '' ? '/.*' : '(?:/.*)?'}`;
  return segments || '/';
}

/** Of a character, or of one that is percent-encoded: what gaps take, so that none ends amid such a one. */
const GAP = '(?:%[0-9A-F]{2}|[^/%])+';

function segmentRegex(segment: SegmentPattern, by: Comparison): string {
  if (segment.kind === 'literal') return literalRegex(segment[by], by);
  if (segment.kind === 'mixed') {
    return segment[by].map((text) => literalRegex(text, by)).join(GAP);
  }
  return '[^/]+';
}

function literalRegex(text: string, by: Comparison): string {
  return Array.from(text, (character) =>
    by === 'exact' ? escapeCharacter(character) : looseRegex(character),
  ).join('');
}

const escapeCharacter = (character: string): string =>
  /[A-Za-z0-9\-_~%:@!,=/]/.test(character) ? character : `\\${character}`;

/** All spellings in canonical paths that fold to a character. */
function looseRegex(character: string): string {
  const spellings = [...new Set(unfoldings(character).flatMap(spellingsOf))];
  const [only = ''] = spellings;
  if (spellings.length === 1) return only;
  return spellings.every((one) => one.length === 1)
    ? `[${spellings.join('')}]`
    : `(?:${spellings.join('|')})`;
}

const UNRESERVED = /^[A-Za-z0-9\-._~]$/;

function spellingsOf(character: string): string[] {
  if (UNRESERVED.test(character)) return [escapeCharacter(character)];
  const encoded = encodeEach(character);
  return character > '\u007f' || character <= ' '
    ? [encoded]
    : [escapeCharacter(character), encoded];
}

function encodeEach(character: string): string {
  return Array.from(
    new TextEncoder().encode(character),
    (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
}

/** Characters that fold to one: itself, its upper case, and those few that nothing else leads to. */
function unfoldings(character: string): string[] {
  const candidates = [character, character.toUpperCase(), ...oddFor(character)];
  return candidates.filter((one) => foldCharacter(one) === character);
}

/** Of characters beyond ASCII, those whose lower case does not lead back to them; made when it is needed. */
let odd: ReadonlyMap<string, readonly string[]> | undefined;

function oddFor(character: string): readonly string[] {
  odd ??= oddUnfoldings();
  return odd.get(character) ?? [];
}

function oddUnfoldings(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (let code = 0x80; code <= 0x1ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const character = String.fromCodePoint(code);
    const lower = foldCharacter(character);
    if (lower === character || lower.toUpperCase() === character) continue;
    found.set(lower, [...(found.get(lower) ?? []), character]);
  }
  return found;
}
