import { quote, ReeveError } from '../error.ts';
import { parseSpiffeId, parseTrustDomain, type SpiffeId } from '../spiffe-id.ts';

/** Who may be at the other end: one SPIFFE ID, several, or whoever a function says yes to (`memberOf`
 *  makes one). That the peer is who it says has been proved before anybody is asked. */
export type Accept = string | readonly string[] | AcceptRule;

export type AcceptRule = (id: SpiffeId) => boolean;

/** Accepts every workload of these trust domains. */
export function memberOf(...trustDomains: readonly [string, ...string[]]): AcceptRule {
  const names = new Set(trustDomains.map(parseTrustDomain));
  return ({ trustDomain }) => names.has(trustDomain);
}

/** The rule that says what was written; a SPIFFE ID must have a path.
 *  @throws {ReeveError} `identity/id-malformed`, `mtls/accept-nobody`, `mtls/accept-trust-domain` */
export function acceptRule(accept: Accept): AcceptRule {
  if (typeof accept === 'function') return accept;
  const all = typeof accept === 'string' ? [accept] : accept;
  if (all.length === 0) {
    throw new ReeveError('mtls/accept-nobody', 'an empty list accepts nobody', {
      hint: 'name a SPIFFE ID, or use memberOf("example.org")',
    });
  }
  const ids = new Set(all.map(exactId));
  return ({ spiffeId }) => ids.has(spiffeId);
}

function exactId(text: string): string {
  const { spiffeId, path, trustDomain } = parseSpiffeId(text);
  if (path !== '') return spiffeId;
  throw new ReeveError(
    'mtls/accept-trust-domain',
    `${quote(text)} names a trust domain and no workload`,
    { hint: `write memberOf(${JSON.stringify(trustDomain)}) to accept all workloads of it` },
  );
}
