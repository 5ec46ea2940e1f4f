import type { TrustBundle } from '../../../src/identity/spiffe/verifier.ts';
import {
  authoritiesOf,
  type Certificate,
  DEFAULT_CLOCK_SKEW_SECONDS,
  readAuthorities,
  type Step,
  validateSvid,
} from '../../../src/identity/x509/verifier.ts';
import type { ReeveError } from '../error.ts';
import { type SpiffeId, toSpiffeId } from '../spiffe-id.ts';
import { Revocation } from './revocation.ts';

/** What is trusted, as the Workload API says it: all in DER. */
export interface TrustMaterial {
  /** The authorities of each trust domain, by its name. */
  readonly bundles: ReadonlyMap<string, readonly Uint8Array[]>;
  /** Lists of revoked certificates. */
  readonly crls?: readonly Uint8Array[];
  /** Intermediate authorities that peers may leave out. */
  readonly intermediates?: readonly Uint8Array[];
}

/** A workload that its certificates prove. */
export interface ProvedPeer {
  readonly id: SpiffeId;
  readonly leaf: Certificate;
  /** The leaf first, an authority of the trust bundle last. */
  readonly path: readonly Certificate[];
  /** Milliseconds since 1970: when the first certificate of the path ends. */
  readonly expiresAt: number;
  /** Milliseconds since 1970: from then on it is to be proved anew, since a certificate or a list of
   *  revoked ones has ended, clocks that differ allowed for. */
  readonly provedUntil: number;
}

/** Clocks may differ by a minute. */
export const CLOCK_SKEW_MS = DEFAULT_CLOCK_SKEW_SECONDS * 1_000;
const MAX_REMEMBERED = 4_096;

/** A path that was found, believed without another look from then on. */
interface Remembered {
  readonly peer: ProvedPeer;
  readonly from: number;
}

/** What is trusted at one time: trust bundles, each for its own trust domain alone, and lists of
 *  revoked certificates. It does not change: another one takes its place, and everything is judged
 *  anew by that. What was found to be valid is remembered within its times, so that a peer that comes
 *  again costs no signature. */
export class X509Trust {
  /** What could not be read, and is not trusted. */
  readonly flaws: readonly ReeveError[];
  readonly #bundles: ReadonlyMap<string, TrustBundle>;
  readonly #intermediates: readonly Step[];
  readonly #revocation: Revocation;
  readonly #remembered = new Map<string, Remembered>();

  constructor({ bundles, crls = [], intermediates = [] }: TrustMaterial) {
    this.#bundles = new Map([...bundles].map((entry) => [entry[0], toBundle(...entry)]));
    this.#revocation = new Revocation(crls);
    const known = readAuthorities(
      intermediates,
      (index) => `known intermediate authority ${index + 1}`,
    );
    this.#intermediates = known.steps;
    const ofBundles = [...this.#bundles.values()].flatMap((bundle) => authoritiesOf(bundle).flaws);
    this.flaws = [...ofBundles, ...this.#revocation.flaws, ...known.flaws];
  }

  /** The trust domains that there is a bundle of. */
  get trustDomains(): readonly string[] {
    return [...this.#bundles.keys()];
  }

  /** Proves who a peer is by the certificates that it sent, in DER and the leaf first, at `now`
   *  (milliseconds since 1970).
   *  @throws {ReeveError} `identity/certificate-invalid/…`, `identity/der-malformed`,
   *  `identity/crl-invalid/…`
   *  @see X509-SVID §5, RFC 5280 §6 */
  prove(chain: readonly Uint8Array[], now: number): ProvedPeer {
    const [leaf] = chain;
    const key = leaf === undefined ? '' : toBuffer(leaf).toString('latin1');
    const known = this.#remembered.get(key);
    if (known && now >= known.from && now <= known.peer.provedUntil) return known.peer;
    const found = this.#judge(chain, now);
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(key, found);
    return found.peer;
  }

  #judge(chain: readonly Uint8Array[], now: number): Remembered {
    const { id, leaf, path, expiresAt } = validateSvid(chain, {
      bundleOf: (trustDomain) => this.#bundles.get(trustDomain),
      intermediates: this.#intermediates,
      revocationOf: this.#revocation.at(now),
      now,
    });
    const staleAt = Math.min(...path.slice(1).map((issuer) => this.#revocation.staleAt(issuer)));
    const provedUntil = Math.min(expiresAt, staleAt) + CLOCK_SKEW_MS;
    return {
      peer: { id: toSpiffeId(id), leaf, path, expiresAt, provedUntil },
      from: Math.max(...path.map(({ notBefore }) => notBefore)) - CLOCK_SKEW_MS,
    };
  }
}

function toBundle(trustDomain: string, authorities: readonly Uint8Array[]): TrustBundle {
  return { trustDomain, x509Authorities: authorities.map(toBuffer), jwtAuthorities: [] };
}

/** The same bytes, as a Buffer. */
function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
