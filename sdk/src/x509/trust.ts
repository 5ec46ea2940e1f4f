import { quote, ReeveError } from '../error.ts';
import type { SpiffeId } from '../spiffe-id.ts';
import type { Certificate } from './certificate.ts';
import { type Crl, isCrlOf } from './crl.ts';
import { judgeLeaf } from './leaf.ts';
import { findPath } from './path.ts';
import { collect, keyOf, readChain, readCrlOnce, readSteps } from './read-once.ts';
import { refuseCertificate, toTimestamp } from './refusal.ts';
import { judgeAuthority, judgeNamesBelow, judgeTimes, judgeUnknown, type Step } from './rules.ts';

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
export const CLOCK_SKEW_MS = 60_000;
const MAX_REMEMBERED = 4_096;

/** A path that was found, believed without another look from then on. */
interface Remembered {
  readonly peer: ProvedPeer;
  readonly from: number;
}

interface Bundle {
  readonly trustDomain: string;
  readonly anchors: readonly Step[];
}

/** What is trusted at one time: trust bundles, each for its own trust domain alone, and lists of
 *  revoked certificates. It does not change: another one takes its place, and everything is judged
 *  anew by that. What was found to be valid is remembered within its times, so that a peer that comes
 *  again costs no signature. */
export class X509Trust {
  /** What could not be read, and is not trusted; lists that cannot be read revoke nothing. */
  readonly flaws: readonly ReeveError[];
  readonly #bundles = new Map<string, Bundle>();
  readonly #crls: readonly Crl[];
  readonly #intermediates: readonly Step[];
  readonly #remembered = new Map<string, Remembered>();
  readonly #crlOf = new WeakMap<Certificate, Crl | null>();

  constructor({ bundles, crls = [], intermediates = [] }: TrustMaterial) {
    const flaws: ReeveError[] = [];
    for (const [trustDomain, authorities] of bundles) {
      const name = (index: number) =>
        `authority ${index + 1} of the trust bundle of ${quote(trustDomain)}`;
      this.#bundles.set(trustDomain, { trustDomain, anchors: readSteps(authorities, name, flaws) });
    }
    this.#crls = crls.flatMap((der) => collect(flaws, () => readCrlOnce(der)));
    const known = (index: number) => `known intermediate authority ${index + 1}`;
    this.#intermediates = readSteps(intermediates, known, flaws);
    this.flaws = flaws;
  }

  /** The trust domains that there is a bundle of. */
  get trustDomains(): readonly string[] {
    return [...this.#bundles.keys()];
  }

  /** Proves who a peer is by the certificates that it sent, in DER and the leaf first, at `now`
   *  (milliseconds since 1970).
   *  @throws {ReeveError} `certificate/…`, `der/…`, `crl/stale`
   *  @see X509-SVID §5, RFC 5280 §6 */
  prove(chain: readonly Uint8Array[], now: number): ProvedPeer {
    const [leaf] = chain;
    const key = leaf === undefined ? '' : keyOf(leaf);
    const known = this.#remembered.get(key);
    if (known && now >= known.from && now <= known.peer.provedUntil) return known.peer;
    const found = this.#judge(chain, now);
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(key, found);
    return found.peer;
  }

  #judge(chain: readonly Uint8Array[], now: number): Remembered {
    const times = { now, clockSkewMs: CLOCK_SKEW_MS };
    const [leaf, ...intermediates] = readChain(chain);
    judgeTimes(leaf, times);
    judgeUnknown(leaf);
    const id = judgeLeaf(leaf.certificate);
    const { anchors } = this.#bundleOf(id);
    const path = findPath(leaf, {
      anchors,
      intermediates: [...intermediates, ...this.#intermediates],
      bundle: `the trust bundle of ${quote(id.trustDomain)}`,
      judge: (authority, below) => {
        judgeAuthority(authority, below);
        judgeTimes(authority, times);
        judgeUnknown(authority);
      },
    });
    path.forEach((authority, index) => {
      for (const below of path.slice(0, index)) judgeNamesBelow(authority, below);
    });
    const staleAt = this.#judgeRevocation(path, now);
    const certificates = path.map(({ certificate }) => certificate);
    const expiresAt = Math.min(...certificates.map(({ notAfter }) => notAfter));
    const provedUntil = Math.min(expiresAt, staleAt) + CLOCK_SKEW_MS;
    return {
      peer: { id, leaf: leaf.certificate, path: certificates, expiresAt, provedUntil },
      from: Math.max(...certificates.map(({ notBefore }) => notBefore)) - CLOCK_SKEW_MS,
    };
  }

  #bundleOf({ trustDomain }: SpiffeId): Bundle {
    const bundle = this.#bundles.get(trustDomain);
    if (bundle === undefined) {
      throw refuseCertificate(
        'unknown-trust-domain',
        'the leaf',
        `is of the trust domain ${quote(trustDomain)}, for which there is no trust bundle`,
        'federate with that trust domain',
      );
    }
    if (bundle.anchors.length > 0) return bundle;
    const why = `is of the trust domain ${quote(trustDomain)}, whose trust bundle has no authority`;
    throw refuseCertificate('empty-bundle', 'the leaf', why);
  }

  /** Gives when the first list that was asked is no longer believed. A list whose next update is past
   *  answers nothing: what it covers cannot be known, and is refused. */
  #judgeRevocation(path: readonly Step[], now: number): number {
    let staleAt = Number.POSITIVE_INFINITY;
    path.forEach(({ certificate, whose }, index) => {
      const issuer = path[index + 1]?.certificate;
      const crl = issuer && this.#crlBy(issuer);
      if (!crl) return;
      staleAt = Math.min(staleAt, crl.nextUpdate);
      if (crl.revoked.has(certificate.serialNumber)) {
        throw refuseCertificate('revoked', whose, 'is revoked by its issuer');
      }
      if (now > crl.nextUpdate + CLOCK_SKEW_MS) {
        const why = `the list of revoked certificates that covers ${whose} should have been renewed at ${toTimestamp(crl.nextUpdate)}`;
        throw new ReeveError('crl/stale', why, { hint: 'see why the agent sends no newer one' });
      }
    });
    return staleAt;
  }

  /** The newest list that an authority signed. */
  #crlBy(issuer: Certificate): Crl | undefined {
    const known = this.#crlOf.get(issuer);
    if (known !== undefined) return known ?? undefined;
    const [newest] = this.#crls
      .filter((crl) => isCrlOf(crl, issuer))
      .sort((a, b) => (a.number < b.number ? 1 : -1));
    this.#crlOf.set(issuer, newest ?? null);
    return newest;
  }
}
