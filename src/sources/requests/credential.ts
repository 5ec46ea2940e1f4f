import type { CredentialSeen } from '../../estate/index.ts';

/** Headers that carry a credential of their own, in lower case. `authorization` says more: its scheme. */
const HEADERS: Readonly<Record<string, CredentialSeen>> = {
  'x-api-key': 'api-key',
  apikey: 'api-key',
  'api-key': 'api-key',
  'x-apikey': 'api-key',
  'x-goog-api-key': 'api-key',
  'x-auth-token': 'token',
  'x-access-token': 'token',
  'x-amz-security-token': 'token',
  cookie: 'cookie',
};
/** Stronger first: a request may carry several. */
const STRENGTH: readonly CredentialSeen[] = ['mtls', 'token', 'basic', 'api-key', 'cookie', 'none'];

/** With what a request authenticated, from the names of its headers; of values only the scheme of
 *  `authorization` is looked at.
 *  @see RFC 9110 §11.1 (scheme names are case-insensitive) */
export function credentialOf(headers: Iterable<readonly [string, unknown]>): CredentialSeen {
  let best: CredentialSeen = 'none';
  for (const [name, value] of headers) {
    const seen = seenIn(name.toLowerCase(), value);
    if (STRENGTH.indexOf(seen) < STRENGTH.indexOf(best)) best = seen;
  }
  return best;
}

function seenIn(name: string, value: unknown): CredentialSeen {
  if (name !== 'authorization')
    return Object.hasOwn(HEADERS, name) ? (HEADERS[name] ?? 'none') : 'none';
  const text = Array.isArray(value) ? value[0] : value;
  return typeof text === 'string' && /^basic(?:\s|$)/i.test(text) ? 'basic' : 'token';
}
