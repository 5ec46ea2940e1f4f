import { ROLE, type SpanFields } from '../reading/index.ts';

const SLASH = 0x2f;
const COLON = 0x3a;
const QUESTION = 0x3f;
const HASH = 0x23;

/** Where the path and the query of a span's request lie in its bytes. */
export class RequestTarget {
  /** Empty where the span gives no path. */
  pathAt = 0;
  pathEnd = 0;
  queryAt = 0;
  queryEnd = 0;

  /** Finds them in `url.path` or `http.target`, which may have a query behind it, else in the URL. */
  locate(fields: SpanFields): void {
    this.pathAt = this.pathEnd = this.queryAt = this.queryEnd = 0;
    const role = fields.has(ROLE.urlPath) ? ROLE.urlPath : ROLE.urlFull;
    if (fields.has(role)) this.#split(fields.bytes, fields.start(role), fields.end(role));
    if (fields.has(ROLE.urlQuery)) {
      this.queryAt = fields.start(ROLE.urlQuery);
      this.queryEnd = fields.end(ROLE.urlQuery);
    }
  }

  #split(bytes: Uint8Array, start: number, end: number): void {
    const from = bytes[start] === SLASH ? start : afterAuthority(bytes, start, end);
    if (from < 0) return;
    let at = from;
    while (at < end && bytes[at] !== QUESTION && bytes[at] !== HASH) at++;
    this.pathAt = from;
    this.pathEnd = at;
    if (bytes[at] !== QUESTION || at >= end) return;
    this.queryAt = ++at;
    while (at < end && bytes[at] !== HASH) at++;
    this.queryEnd = at;
  }
}

/** Where the path of `scheme://authority/path` starts, or -1. */
function afterAuthority(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at + 2 < end; at++) {
    if (bytes[at] !== COLON) continue;
    if (bytes[at + 1] !== SLASH || bytes[at + 2] !== SLASH) return -1;
    for (at += 3; at < end; at++) {
      if (bytes[at] === SLASH) return at;
    }
  }
  return -1;
}
