import { quote, ReeveError } from './error.ts';

/** A workload's name: a trust domain and, for all but the trust domain itself, a path.
 *  @see SPIFFE-ID §2 */
export interface SpiffeId {
  /** The whole of it, `spiffe://example.org/ns/shop/sa/orders`. */
  readonly spiffeId: string;
  /** `example.org`. */
  readonly trustDomain: string;
  /** `/ns/shop/sa/orders`; empty for the trust domain itself. */
  readonly path: string;
}

/** @see SPIFFE-ID §2.3 */
const MAX_ID_LENGTH = 2_048;
/** @see SPIFFE-ID §2.1, RFC 3986 §3.2.2 */
const MAX_TRUST_DOMAIN_LENGTH = 255;
const PREFIX = 'spiffe://';

/** Parses a SPIFFE ID of at most 2,048 characters, each of which is one byte.
 *  @throws {ReeveError} `spiffe-id/malformed`
 *  @see SPIFFE-ID §2 */
export function parseSpiffeId(text: string): SpiffeId {
  const why = flawOfId(text);
  if (why !== undefined) {
    throw new ReeveError('spiffe-id/malformed', `${quote(text)} is not a SPIFFE ID: ${why}`, {
      hint: 'write it as spiffe://example.org/ns/shop/sa/orders',
    });
  }
  const end = endOfTrustDomain(text);
  return { spiffeId: text, trustDomain: text.slice(PREFIX.length, end), path: text.slice(end) };
}

/** Parses the name of a trust domain; a SPIFFE ID without a path (`spiffe://example.org`) names it too.
 *  @throws {ReeveError} `spiffe-id/trust-domain-malformed`
 *  @see SPIFFE-ID §2.1 */
export function parseTrustDomain(text: string): string {
  const name = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  const why = flawOfTrustDomain(name);
  if (why === undefined) return name;
  throw new ReeveError(
    'spiffe-id/trust-domain-malformed',
    `${quote(text)} is not the name of a trust domain: ${why}`,
    { hint: 'write it as example.org' },
  );
}

function flawOfId(text: string): string | undefined {
  if (text.length > MAX_ID_LENGTH) {
    return `it has ${text.length} characters, more than the ${MAX_ID_LENGTH} that are allowed`;
  }
  if (!text.startsWith(PREFIX)) return `it does not begin with ${PREFIX}`;
  const end = endOfTrustDomain(text);
  return flawOfTrustDomain(text.slice(PREFIX.length, end)) ?? flawOfPath(text.slice(end));
}

function endOfTrustDomain(text: string): number {
  const slash = text.indexOf('/', PREFIX.length);
  return slash === -1 ? text.length : slash;
}

function flawOfTrustDomain(name: string): string | undefined {
  if (name === '') return 'the trust domain is empty';
  if (name.length > MAX_TRUST_DOMAIN_LENGTH) {
    return `the trust domain has ${name.length} characters, more than the ${MAX_TRUST_DOMAIN_LENGTH} that are allowed`;
  }
  const odd = /[^a-z0-9._-]/u.exec(name);
  if (!odd) return undefined;
  return `the trust domain has ${quote(odd[0])} in it, and only a-z, 0-9, dot, dash and underscore are allowed`;
}

function flawOfPath(path: string): string | undefined {
  if (path === '') return undefined;
  const odd = /[^a-zA-Z0-9._/-]/u.exec(path);
  if (odd) {
    return `the path has ${quote(odd[0])} in it, and only a-z, A-Z, 0-9, dot, dash and underscore are allowed`;
  }
  if (path.endsWith('/')) return 'the path ends with a slash';
  const segments = path.slice(1).split('/');
  if (segments.includes('')) return 'the path has an empty segment';
  const dots = segments.find((segment) => segment === '.' || segment === '..');
  return dots && `the path has the segment ${quote(dots)}`;
}
