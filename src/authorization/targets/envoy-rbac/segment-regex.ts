import type { SegmentPattern } from '../../operations/index.ts';

/** A part of a regular expression in RE2's syntax, and how many instructions RE2 makes of it at most. */
export interface Piece {
  readonly regex: string;
  readonly cost: number;
}

export type Comparison = 'exact' | 'folded';

/** A segment of a canonical path: whatever it holds. */
export const ANY_SEGMENT: Piece = { regex: '[!-.0-~]+', cost: 4 };
/** Part of a segment: no percent-encoding is cut. */
const GAP: Piece = { regex: '(?:[!-$&-.0-~]|%[0-9A-Fa-f]{2})+', cost: 12 };

/** The segments that a pattern matches. */
export function segmentRegex(pattern: SegmentPattern, by: Comparison): Piece {
  if (pattern.kind === 'parameter' || pattern.kind === 'wildcard') return ANY_SEGMENT;
  const texts = pattern.kind === 'literal' ? [pattern[by]] : pattern[by];
  const toPiece = by === 'exact' ? exactText : foldedText;
  return joined(texts.flatMap((text, at) => (at === 0 ? [toPiece(text)] : [GAP, toPiece(text)])));
}

function joined(pieces: readonly Piece[]): Piece {
  return {
    regex: pieces.map(({ regex }) => regex).join(''),
    cost: pieces.reduce((sum, { cost }) => sum + cost, 0),
  };
}

/** A text as it is spelt, hexadecimal digits in either case. */
function exactText(text: string): Piece {
  const regex = quoted(text).replace(/%[0-9A-F]{2}/g, (triple) =>
    triple.replace(/[A-F]/g, eitherCase),
  );
  return { regex, cost: text.length };
}

const quoted = (text: string): string => text.replace(/[^A-Za-z0-9_~!"#%&',/:;<=>@`-]/g, '\\$&');

const eitherCase = (letter: string): string => `[${letter}${letter.toLowerCase()}]`;

/** A text that is decoded and in lower case, however it is spelt. */
function foldedText(text: string): Piece {
  if (text === '') return { regex: '', cost: 0 };
  const { regex, cost } = joined(Array.from(text, foldedCharacter));
  return { regex: `(?i:${regex})`, cost };
}

const UNRESERVED = /^[a-z0-9\-._~]$/;

/** RE2 knows of the case of ASCII by itself; all else comes percent-encoded. */
function foldedCharacter(character: string): Piece {
  const spellings = [
    ...(character <= '~' ? [character] : []),
    ...(UNRESERVED.test(character) ? [] : [encoded(character)]),
    ...(capitals().get(character) ?? []).map(encoded),
  ];
  const pieces = spellings.map((text) => ({ regex: quoted(text), cost: text.length }));
  if (pieces.length === 1) return joined(pieces);
  const regex = `(?:${pieces.map((piece) => piece.regex).join('|')})`;
  return { regex, cost: joined(pieces).cost + pieces.length };
}

const LAST_CASED = 0x1ffff;

let known: ReadonlyMap<string, readonly string[]> | undefined;

/** What is beyond ASCII and becomes a character in lower case, by that character: the sign of Kelvin of `k`. */
function capitals(): ReadonlyMap<string, readonly string[]> {
  known ??= findCapitals();
  return known;
}

function findCapitals(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (let code = 0x80; code <= LAST_CASED; code++) {
    const character = String.fromCodePoint(code);
    const folded = character.toLowerCase();
    // as where paths are compared: what would become several characters stays
    if (folded === character || folded.length !== character.length) continue;
    found.set(folded, [...(found.get(folded) ?? []), character]);
  }
  return found;
}

function encoded(character: string): string {
  const bytes = Array.from(Buffer.from(character), (byte) => byte.toString(16).toUpperCase());
  return bytes.map((byte) => `%${byte.padStart(2, '0')}`).join('');
}
