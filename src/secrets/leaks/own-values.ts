import { fingerprint } from '../../base/ids.ts';
import { keyBody, scanKeys } from './keys.ts';
import { isWeak } from './strength.ts';

/** Members of a value that give nothing away, and that several secrets may have in common. */
const OPEN = new Set(
  `username user login account role host hostname address addresses port database db dbname schema engine scheme vhost
  protocol kind algorithm certificate chain ca cacert bundle publickey kid keyid id prefix serial audience issuer expires
  expiresat`.split(/\s+/),
);
/** How the members of a value that is kept are recognised where scans find them: the same keyed fingerprints. What is no
 *  secret of its own, and what is so weak that others have it too, has none. */
export function fingerprintsOfValue(
  key: Uint8Array,
  value: Readonly<Record<string, string>>,
): string[] {
  const secrets = Object.entries(value)
    .filter(([name]) => !OPEN.has(name.toLowerCase().replace(/[^a-z]/g, '')))
    .flatMap(([, text]) => valuesIn(text))
    .filter((text) => !isWeak(text));
  return [...new Set(secrets.map((text) => fingerprint(key, text)))];
}

/** What a text holds that opens something, as a scan takes it out of a file: of an address the password, of private keys
 *  their bytes, whatever stands around them; else the text itself. An address without a password holds nothing. */
export function valuesIn(text: string): readonly string[] {
  const keys = scanKeys(text).map(({ start, end, encoding }) => {
    const key = text.slice(start, end);
    return encoding === 'key-block' ? keyBody(key) : key;
  });
  if (keys.length > 0) return keys;
  const trimmed = text.trim();
  if (!/^[a-z][a-z0-9+.-]{0,30}:\/\//i.test(trimmed)) return trimmed === '' ? [] : [trimmed];
  const password = URL.parse(trimmed)?.password ?? '';
  return password === '' ? [] : [decoded(password)];
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}
