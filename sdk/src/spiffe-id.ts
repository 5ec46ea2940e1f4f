import * as spiffe from '../../src/identity/spiffe/verifier.ts';

export { parseTrustDomain } from '../../src/identity/spiffe/verifier.ts';

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

/** Parses a SPIFFE ID of at most 2,048 characters, each of which is one byte.
 *  @throws {ReeveError} `identity/id-malformed`
 *  @see SPIFFE-ID §2 */
export function parseSpiffeId(text: string): SpiffeId {
  return toSpiffeId(spiffe.parseSpiffeId(text));
}

/** An ID as the fields of whoever has it: callers, peers, SVIDs. */
export function toSpiffeId({ uri, trustDomain, path }: spiffe.SpiffeId): SpiffeId {
  return { spiffeId: uri, trustDomain, path };
}
