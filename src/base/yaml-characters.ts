/** Characters as the plain YAML reader looks at them: by their UTF-16 code units. */

/** Thrown where a text uses more of YAML than is read here; always the same one, without a stack. */
export const BEYOND: unique symbol = Symbol('beyond the plain subset');

export const TAB = 0x09;
export const NEWLINE = 0x0a;
export const SPACE = 0x20;
export const DOUBLE = 0x22;
export const HASH = 0x23;
export const SINGLE = 0x27;
export const COMMA = 0x2c;
export const DASH = 0x2d;
export const COLON = 0x3a;
export const GREATER = 0x3e;
export const OPEN_LIST = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_LIST = 0x5d;
export const PIPE = 0x7c;
export const OPEN_MAP = 0x7b;
export const CLOSE_MAP = 0x7d;

/** A character that begins anchors, aliases, tags, directives, explicit keys and the like. */
export const INDICATORS = charTable('?:-,[]{}#&*!|>\'"%@`');
/** Those that begin a plain scalar where no blank follows. */
export const WORD_INDICATORS = charTable('?:-');
export const FLOW_WORD_INDICATORS = charTable('?-');
/** First characters of plain scalars that may be something else than text. */
export const TYPED_STARTS = charTable('~nNtTfF+-.0123456789');
export const FLOW_INDICATORS = charTable(',[]{}');
export const SIMPLE_ESCAPES = charTable('0abtnvfre "/\\N_LP');
/** Says that the text needs the complete parser. */
export function beyond(): never {
  throw BEYOND;
}

function charTable(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

/** Whether a table holds a character. */
export function isIn(table: Uint8Array, code: number): boolean {
  return code < 128 && table[code] === 1;
}

/** Whether a character is one of 0 to 9. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
