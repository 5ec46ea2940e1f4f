import type { Match } from './match.ts';

/** Private keys in texts: PEM, OpenSSH, PGP, PuTTY and JWK, also with their line ends escaped inside a
 *  JSON or YAML string, or glued together from string literals. */

const BEGIN = /-----BEGIN ((?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?)-----/g;
const PUTTY = /PuTTY-User-Key-File-\d: /g;
const PUTTY_PRIVATE = /Private-Lines: \d{1,4}\r?\n(?<value>(?:[A-Za-z0-9+/=]{1,64}\r?\n){1,200})/y;
const JWK_KEY_TYPE = /"kty"\s{0,8}:\s{0,8}"(?:RSA|EC|OKP)"/;
const JWK_PRIVATE = /"d"\s{0,8}:\s{0,8}"(?<value>[A-Za-z0-9_-]{40,2000})"/g;
/** A 16,384-bit RSA key in base64, with room for escapes. */
const MAX_BLOCK = 24_000;

export function scanKeys(text: string): readonly Match[] {
  return [...pemKeys(text), ...puttyKeys(text), ...jsonWebKeys(text)];
}

function* pemKeys(text: string): Iterable<Match> {
  if (!text.includes('PRIVATE KEY')) return;
  const begins = [...text.matchAll(BEGIN)];
  for (const [index, begin] of begins.entries()) {
    const label = begin[1] ?? '';
    const endMark = `-----END ${label}-----`;
    const bodyStart = begin.index + begin[0].length;
    const limit = Math.min(begins[index + 1]?.index ?? text.length, bodyStart + MAX_BLOCK);
    const body = text.slice(bodyStart, limit);
    const bodyEnd = body.indexOf(endMark);
    if (bodyEnd === -1 || !isKeyBody(body.slice(0, bodyEnd), label)) continue;
    yield toMatch(
      label.startsWith('PGP') ? 'pgp-private-key' : 'private-key',
      begin.index,
      bodyStart + bodyEnd + endMark.length,
      'key/pem',
      isEncrypted(body, label) ? 'medium' : 'high',
    );
  }
}

/** The base64 between the dashes, free of line ends, escapes, quotes and headers. */
export function keyBody(block: string): string {
  return block
    .replace(/-----(?:BEGIN|END) [A-Z0-9 ]{1,60}-----/g, '')
    .replace(/\\[nrt]/g, '\n')
    .replace(/["'`]\s{0,20}[+.,]?\s{0,200}["'`]/g, '')
    .replace(/^[ \t"'+\\]*(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset)\s?:.*$/gm, '')
    .replace(/[^A-Za-z0-9+/=]/g, '');
}

/** DER begins with SEQUENCE (0x30), OpenSSH with its magic; `...` and `<your key>` with neither. */
function isKeyBody(body: string, label: string): boolean {
  const base64 = keyBody(body);
  if (base64.length < 60) return false;
  if (label.startsWith('PGP')) return base64.length > 200;
  if (isEncrypted(body, label)) return true;
  const bytes = Buffer.from(base64.slice(0, 40), 'base64');
  return bytes[0] === 0x30 || bytes.subarray(0, 14).toString('latin1') === 'openssh-key-v1';
}

function isEncrypted(body: string, label: string): boolean {
  return label.startsWith('ENCRYPTED') || /Proc-Type\s?: ?4,ENCRYPTED/.test(body);
}

function* puttyKeys(text: string): Iterable<Match> {
  if (!text.includes('Private-Lines:')) return;
  for (const begin of text.matchAll(PUTTY)) {
    const at = text.slice(begin.index, begin.index + MAX_BLOCK).indexOf('Private-Lines:');
    if (at === -1) continue;
    PUTTY_PRIVATE.lastIndex = begin.index + at;
    const match = PUTTY_PRIVATE.exec(text);
    const value = match?.groups?.value;
    if (!match || value === undefined) continue;
    const start = match.index + match[0].indexOf(value);
    yield toMatch('private-key', start, start + value.length, 'key/putty', 'high');
  }
}

/** @see RFC 7518 §6.2.2, §6.3.2, RFC 8037 §2 */
function* jsonWebKeys(text: string): Iterable<Match> {
  if (!text.includes('"kty"')) return;
  for (const match of text.matchAll(JWK_PRIVATE)) {
    const around = text.slice(
      Math.max(0, match.index - 1500),
      match.index + match[0].length + 4000,
    );
    const value = match.groups?.value ?? '';
    if (!JWK_KEY_TYPE.test(around)) continue;
    const start = match.index + match[0].indexOf(value);
    yield toMatch('private-key', start, start + value.length, 'key/jwk', 'high');
  }
}

function toMatch(
  kind: string,
  start: number,
  end: number,
  rule: string,
  confidence: Match['confidence'],
): Match {
  return {
    kind,
    start,
    end,
    name: kind,
    rule,
    confidence,
    encoding: rule === 'key/jwk' ? 'plain' : 'key-block',
  };
}
