import { hash } from 'node:crypto';

/** Longest key, in UTF-8 bytes: a whole index row must fit a third of a PostgreSQL page. */
const MAX_KEY_BYTES = 240;
const MAX_SEARCH_BYTES = 480;
const KEPT_CHARACTERS = 50;

/** A text as a key column holds it: equal for equal texts only. PostgreSQL takes neither NUL nor lone
 *  surrogates, so those are written as U+FFFD and four hexadecimal digits, and so is U+FFFD itself.
 *  A text that is too long is cut, and told apart from others by a hash. */
export function toKey(text: string): string {
  const storable = toStorable(text);
  if (isWithin(storable, MAX_KEY_BYTES)) return storable;
  return `${cut(storable, KEPT_CHARACTERS)}…${hash('sha256', storable).slice(0, 32)}`;
}

/** Texts as searches look through them: lower case, cut where they are very long. */
export function toSearchText(...texts: readonly string[]): string {
  const text = toStorable(texts.join('\n').toLowerCase());
  return isWithin(text, MAX_SEARCH_BYTES) ? text : cut(text, MAX_SEARCH_BYTES / 4);
}

function toStorable(text: string): string {
  if (!/[\0\ufffd]/.test(text) && text.isWellFormed()) return text;
  return text.replace(
    /[\0\ufffd]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (unit) => `\ufffd${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** At most `count` code units, no surrogate pair split. */
function cut(text: string, count: number): string {
  const part = text.slice(0, count);
  return part.isWellFormed() ? part : part.slice(0, -1);
}

function isWithin(text: string, maxBytes: number): boolean {
  return text.length <= maxBytes / 3 || Buffer.byteLength(text) <= maxBytes;
}
