import type { PayloadSample } from '../../estate/sighting/index.ts';

/** Media types whose texts are made for people or machines to show or run, not data of a call: their
 *  addresses of authors and keys of examples would tag every asset. */
const NO_DATA =
  /^(?:image|video|audio|font|model)\/|^text\/(?:css|html|javascript|ecmascript|event-stream|vtt)|^application\/(?:x-)?(?:javascript|ecmascript|xhtml\+xml|pdf|zip|gzip|wasm|octet-stream|protobuf|grpc|font|msgpack|cbor|avro|parquet)/i;
const MAX_PAIRS = 2_000;
/** What is no text shows at its beginning. */
const CHECKED_LENGTH = 256;

/** Whether values of such a payload are looked at; one of no media type is told by its beginning. */
export function isData({ mediaType }: Pick<PayloadSample, 'mediaType'>): boolean {
  return mediaType === undefined || !NO_DATA.test(mediaType);
}

/** A payload as plain data, of its first bytes; undefined where it is no text. What is cut off or
 *  malformed gives what can be read of it. Takes time by its length, and never throws.
 *  @param maxBytes characters, where it came as text */
export function readPayload(sample: PayloadSample, maxBytes: number): unknown {
  const text = textOf(sample, maxBytes).trim();
  if (!isText(text)) return undefined;
  if (sample.form === 'query') return pairsOfQuery(text);
  const start = text.charAt(0);
  const type = sample.mediaType ?? '';
  if (start === '{' || start === '[') return parsed(text) ?? pairsOfJson(text);
  if (/[/+]json/i.test(type)) return parsed(text) ?? text;
  if (/x-www-form-urlencoded/i.test(type)) return pairsOfQuery(text);
  if (text.startsWith('--')) return pairsOfParts(text);
  if (start === '<') return /^<(?:!doctype html|html)/i.test(text) ? undefined : pairsOfXml(text);
  return QUERY.test(text) ? pairsOfQuery(text) : text.split(/\r?\n/, MAX_PAIRS);
}

function textOf({ content, form }: PayloadSample, maxBytes: number): string {
  if (typeof content !== 'string') {
    const length = Math.min(content.byteLength, maxBytes);
    return Buffer.from(content.buffer, content.byteOffset, length).toString('utf8');
  }
  if (form !== 'base64') return content.slice(0, maxBytes);
  return Buffer.from(content.slice(0, Math.ceil(maxBytes / 3) * 4), 'base64').toString('utf8');
}

/** Without control characters, and without what is no UTF-8. */
function isText(text: string): boolean {
  const end = Math.min(text.length, CHECKED_LENGTH);
  for (let index = 0; index < end; index++) {
    const code = text.charCodeAt(index);
    if ((code < 0x20 && code !== 9 && code !== 10 && code !== 13) || code === 0xfffd) return false;
  }
  return end > 0;
}

/** Undefined for what is no JSON; the parser's message would quote it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Pair = Readonly<Record<string, unknown>>;

/** `"name": value` wherever it stands: JSON that is cut off, or several lines of it. */
function pairsOfJson(text: string): Pair[] {
  const found =
    /"([^"\\]{1,80})"\s{0,20}:\s{0,20}(?:"((?:[^"\\]|\\.){0,4096})|(-?\d[\d.eE+-]{0,40}))/g;
  return pairs(text, found, ([, name, string, number]) => [name, string ?? Number(number)]);
}

/** `<name>text</name>`; attributes are not looked at. */
function pairsOfXml(text: string): Pair[] {
  const found = /<([A-Za-z_][\w:.-]{0,80})(?:\s[^<>]{0,500})?>([^<]{2,4096})/g;
  return pairs(text, found, ([, name, value]) => [name, value?.trim()]);
}

/** The fields of a form that are no files.
 *  @see RFC 7578 */
function pairsOfParts(text: string): Pair[] {
  const boundary = text.slice(0, 72).split(/\r?\n/, 1)[0] ?? '--';
  return text.split(boundary, MAX_PAIRS).flatMap((part) => {
    const [, head = '', body = ''] = /^\r?\n([\s\S]{0,500}?)\r?\n\r?\n([\s\S]*)$/.exec(part) ?? [];
    const name = /\bname="([^"\r\n]{1,80})"/.exec(head)?.[1];
    return name === undefined || /\bfilename=/.test(head) ? [] : [toPair(name, body.trim())];
  });
}

function pairs(
  text: string,
  pattern: RegExp,
  toEntry: (match: RegExpExecArray) => readonly [name: string | undefined, value: unknown],
): Pair[] {
  const found: Pair[] = [];
  for (const match of text.matchAll(pattern)) {
    const [name = '', value] = toEntry(match);
    if (found.push(toPair(name, value)) >= MAX_PAIRS) break;
  }
  return found;
}

/** Own, whatever its name. */
function toPair(name: string, value: unknown): Pair {
  return { [name]: value };
}

/** A body without a media type that can be nothing else. */
const QUERY = /^[\w.~%[\]-]{1,80}=[^\s=&]*(?:&[\w.~%[\]-]{1,80}=[^\s=&]*)*$/;

/** Everything in an address is text, so that digits say no more than a number would.
 *  @see application/x-www-form-urlencoded, WHATWG URL */
function pairsOfQuery(text: string): Pair[] {
  return text.split('&', MAX_PAIRS).flatMap((part) => {
    const equals = part.indexOf('=');
    if (equals <= 0) return [];
    const value = decoded(part.slice(equals + 1));
    const isNumber = /^[1-9]\d{0,30}$/.test(value);
    return [
      toPair(decoded(part.slice(0, Math.min(equals, 200))), isNumber ? BigInt(value) : value),
    ];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
