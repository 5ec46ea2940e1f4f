import type { DerReader } from '../der/index.ts';
import { NAME_KIND } from './oids.ts';

/** What a subject alternative name holds. */
export interface AlternativeNames {
  readonly isCritical: boolean;
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
  /** Numbers of the kinds of the other names. */
  readonly others: readonly number[];
}

/** Names of one certificate. */
export const MAX_NAMES = 100;

/** @throws {Fault} `identity/der-malformed`
 *  @see RFC 5280 §4.2.1.6 */
export function readAlternativeNames(value: DerReader, isCritical: boolean): AlternativeNames {
  const uris: string[] = [];
  const dnsNames: string[] = [];
  const others: number[] = [];
  const list = value.sequence('the subject alternative name');
  if (list.isAtEnd) list.fail('it has no names');
  while (!list.isAtEnd) {
    const { kind, text } = readGeneralName(list);
    if (kind === NAME_KIND.uri) uris.push(text);
    else if (kind === NAME_KIND.dns) dnsNames.push(text);
    else others.push(kind);
    if (uris.length + dnsNames.length + others.length > MAX_NAMES) {
      list.fail(`it has more than ${MAX_NAMES} names`);
    }
  }
  return { isCritical, uris, dnsNames, others };
}

/** Reads one name. The text is that of kinds that are text, which must be ASCII. */
export function readGeneralName(list: DerReader): { readonly kind: number; readonly text: string } {
  const { tag, content } = list.next();
  const kind = tag & 0x1f;
  if ((tag & 0xc0) !== 0x80 || kind > 8) list.fail('a name is of no known kind');
  const text = content.toString('latin1');
  const isText = kind === NAME_KIND.uri || kind === NAME_KIND.dns || kind === NAME_KIND.email;
  if (isText && (tag !== (0x80 | kind) || /[^\x20-\x7e]/.test(text))) {
    list.fail('a name has other than printable ASCII characters in it');
  }
  return { kind, text };
}
