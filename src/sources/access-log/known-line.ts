/** Reads lines of exactly five fields, `{"time":…,"service":…,"method":…,"path":…,"status":…}` in any
 *  order, straight from their bytes: several times as fast as making an object of each, and without a
 *  line's text that the path would keep alive. Everything else is for the reader of JSON. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const ZERO = 0x30;
const NINE = 0x39;
const BLANK = 0x20;
const MARK = 0x3f;
const HASH = 0x23;

/** Fields by the length and the first letter of their names, which tells the five apart. */
const FIELDS = ['time', 'service', 'method', 'path', 'status'] as const;
const BYTES = FIELDS.map((name) => Buffer.from(name));
const TIME = 0;
const SERVICE = 1;
const METHOD = 2;
const PATH = 3;
const STATUS = 4;

/** Where the values of one line lie in its bytes. One object serves for all lines. */
export class KnownLine {
  timeStart = 0;
  timeEnd = 0;
  serviceStart = 0;
  serviceEnd = 0;
  methodStart = 0;
  methodEnd = 0;
  pathStart = 0;
  pathEnd = 0;
  /** Of the first `?` of the path; `pathEnd` where there is none. */
  queryStart = 0;
  /** 0 where it is none of three digits. */
  status = 0;
  /** The path is of visible ASCII without a fragment. */
  isPathPlain = true;

  /** Whether the line is of the five fields; then their places are set. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    if (bytes[at++] !== OPEN) return false;
    let seen = 0;
    this.isPathPlain = true;
    for (;;) {
      while (bytes[at] === BLANK) at++;
      if (bytes[at++] !== QUOTE) return false;
      const field = fieldAt(bytes, at);
      if (field < 0 || (seen & (1 << field)) !== 0) return false;
      seen |= 1 << field;
      at += (BYTES[field]?.length ?? 0) + 1;
      while (bytes[at] === BLANK) at++;
      if (bytes[at++] !== COLON) return false;
      while (bytes[at] === BLANK) at++;
      const valueEnd = this.#value(bytes, at, end, field);
      if (valueEnd < 0) return false;
      at = valueEnd;
      while (bytes[at] === BLANK) at++;
      const next = bytes[at++];
      if (next === CLOSE) return seen === 31 && at === end;
      if (next !== COMMA) return false;
    }
  }

  /** The offset behind the value, or -1 where it must be read otherwise. */
  #value(bytes: Uint8Array, start: number, end: number, field: number): number {
    if (bytes[start] !== QUOTE)
      return field === STATUS || field === TIME ? this.#number(bytes, start, end, field) : -1;
    const from = start + 1;
    const close = field === PATH ? this.#path(bytes, from, end) : stringEnd(bytes, from, end);
    if (close < 0) return -1;
    this.#set(field, bytes, from, close);
    return close + 1;
  }

  #path(bytes: Uint8Array, start: number, end: number): number {
    this.queryStart = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        if (this.queryStart === 0) this.queryStart = at;
        return at;
      }
      if (byte === BACKSLASH || byte < BLANK) return -1;
      if (byte === MARK && this.queryStart === 0) this.queryStart = at;
      else if (byte === BLANK || byte === HASH || byte >= 0x7f) this.isPathPlain = false;
    }
    return -1;
  }

  #number(bytes: Uint8Array, start: number, end: number, field: number): number {
    let at = start;
    while (at < end && isDigit(bytes[at] as number)) at++;
    // Fractions and exponents are for the reader of JSON.
    if (at === start || (bytes[at] !== COMMA && bytes[at] !== CLOSE && bytes[at] !== BLANK))
      return -1;
    this.#set(field, bytes, start, at);
    return at;
  }

  #set(field: number, bytes: Uint8Array, start: number, end: number): void {
    switch (field) {
      case TIME:
        this.timeStart = start;
        this.timeEnd = end;
        break;
      case SERVICE:
        this.serviceStart = start;
        this.serviceEnd = end;
        break;
      case METHOD:
        this.methodStart = start;
        this.methodEnd = end;
        break;
      case PATH:
        this.pathStart = start;
        this.pathEnd = end;
        break;
      default:
        this.status = statusAt(bytes, start, end);
    }
  }
}

/** The offset of the quote that closes a string without escapes, or -1. */
function stringEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH || byte < BLANK) return -1;
  }
  return -1;
}

function fieldAt(bytes: Uint8Array, at: number): number {
  const field = fieldOf(bytes[at] as number, bytes[at + 2] as number);
  const name = BYTES[field];
  if (name === undefined) return -1;
  for (let index = 0; index < name.length; index++) {
    if (bytes[at + index] !== name[index]) return -1;
  }
  return bytes[at + name.length] === QUOTE ? field : -1;
}

function fieldOf(first: number, third: number): number {
  switch (first) {
    case 0x74: // t
      return TIME;
    case 0x6d: // m
      return METHOD;
    case 0x70: // p
      return PATH;
    case 0x73: // `service`, `status`
      return third === 0x72 ? SERVICE : STATUS;
    default:
      return -1;
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function statusAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 3) return 0;
  let status = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (!isDigit(byte)) return 0;
    status = status * 10 + byte - ZERO;
  }
  return status >= 100 ? status : 0;
}
