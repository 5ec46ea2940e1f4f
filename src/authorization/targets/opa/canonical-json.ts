import { createHash } from 'node:crypto';
import { compareText } from '../../../base/diagnostic.ts';

/** The text of which OPA takes the hash of a file of JSON: no spaces, members by the bytes of their names, and texts as
 *  Go writes them, which escapes the two line separators of Unicode and nothing more than JSON must. Numbers must be
 *  whole and safe.
 *  @see OPA documentation, "Bundles", Signature Format */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return canonicalText(value);
  if (value instanceof CanonicalText) return value.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  return `{${membersOf(value).join(',')}}`;
}

/** A value as its text, which is taken over as it is. */
export class CanonicalText {
  readonly text: string;
  #digest: string | undefined;

  private constructor(text: string) {
    this.text = text;
  }

  /** Tells it apart from others: SHA-256, in hexadecimal. */
  get digest(): string {
    this.#digest ??= createHash('sha256').update(this.text).digest('hex');
    return this.#digest;
  }

  static of(value: unknown): CanonicalText {
    return new CanonicalText(canonicalJson(value));
  }
}

function membersOf(value: object): string[] {
  const names = Object.keys(value);
  names.sort(names.every(isAscii) ? compareText : compareBytes);
  const members: string[] = [];
  for (const name of names) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (member !== undefined) members.push(`${canonicalText(name)}:${canonicalJson(member)}`);
  }
  return members;
}

/** Of texts that are the same in every encoding. */
const isAscii = (text: string): boolean => !/[^\u0020-\u007e]/.test(text);

const compareBytes = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));

function canonicalText(text: string): string {
  if (isAscii(text)) return JSON.stringify(text);
  return JSON.stringify(text.toWellFormed())
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
