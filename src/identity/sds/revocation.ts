import type { TrustBundle } from '../spiffe/index.ts';
import { type Certificate, readCertificate, readCrl } from '../x509/index.ts';

/** When a list of revoked certificates is good: milliseconds since 1970. */
interface Validity {
  readonly thisUpdate: number;
  readonly nextUpdate: number;
}

/** Envoy refuses everything from the instant on at which a list is too old: it must be without it before. */
const MARGIN_MS = 60_000;

/** What is known of the authorities that peers of one trust domain may come from. */
export interface Issuers {
  readonly bundle: TrustBundle;
  /** Certificates between the workload's own SVIDs and the bundle, in DER. */
  readonly intermediates: readonly Buffer[];
}

/** Lists to be put before Envoy for one trust domain. */
export interface Lists {
  /** In DER; empty: nothing is asked for. */
  readonly crls: readonly Buffer[];
  /** When that changes by itself, because a list becomes good or is so no longer. */
  readonly until: number;
  /** Certificates are revoked, and this Envoy is not told: not every authority has a list that is good. */
  readonly isIncomplete: boolean;
}

/** For which certificates of a chain Envoy wants a list. */
export type Asked = 'whole chain' | 'leaf';

/** What there is for one authority. */
interface Best {
  /** Absent where none is good. */
  readonly crl?: Buffer;
  /** There is a list, be it good or not. */
  readonly isThere: boolean;
  readonly until: number;
}

/** Finds the lists for the authorities of trust domains. Remembers what it has read. */
export class RevocationLists {
  readonly #certificates = new WeakMap<Buffer, { readonly read: Certificate | undefined }>();
  /** By list and, in base64, authority. */
  readonly #validities = new WeakMap<Buffer, Map<string, Validity | undefined>>();

  /** Whether an authority can be read. One that cannot would make Envoy refuse the whole bundle. */
  isReadable(authority: Buffer): boolean {
    return this.#read(authority) !== undefined;
  }

  /** The lists of one trust domain. As soon as Envoy has one list, it refuses what comes of an authority without, and
   *  everything where one is too old: so either every authority has a good one, or none is given. */
  listsOf(issuers: Issuers, crls: readonly Buffer[], asked: Asked, now: number): Lists {
    const found = authoritiesOf(issuers, asked).map((authority) =>
      this.#best(authority, crls, now),
    );
    const isComplete = found.every(({ crl }) => crl !== undefined);
    return {
      crls: isComplete ? [...new Set(found.flatMap(({ crl }) => crl ?? []))] : [],
      until: Math.min(...found.map(({ until }) => until)),
      isIncomplete: !isComplete && found.some(({ isThere }) => isThere),
    };
  }

  /** The list of an authority that is good for the longest time. */
  #best(authority: Buffer, crls: readonly Buffer[], now: number): Best {
    let best: Best = { isThere: false, until: Infinity };
    for (const crl of crls) {
      const validity = this.#validity(crl, authority);
      if (!validity) continue;
      const { thisUpdate, nextUpdate } = validity;
      const until = nextUpdate - MARGIN_MS;
      if (now < thisUpdate)
        best = { ...best, isThere: true, until: Math.min(best.until, thisUpdate) };
      else if (until <= now) best = { ...best, isThere: true };
      else if (!best.crl || best.until < until) best = { crl, isThere: true, until };
    }
    return best;
  }

  /** Undefined where it is not the authority's list. */
  #validity(crl: Buffer, authority: Buffer): Validity | undefined {
    const known = this.#validities.get(crl) ?? new Map<string, Validity | undefined>();
    this.#validities.set(crl, known);
    const key = authority.toString('base64');
    if (!known.has(key)) known.set(key, validityOf(crl, this.#read(authority)));
    return known.get(key);
  }

  #read(der: Buffer): Certificate | undefined {
    const known = this.#certificates.get(der) ?? { read: attempt(() => readCertificate(der)) };
    this.#certificates.set(der, known);
    return known.read;
  }
}

function authoritiesOf({ bundle, intermediates }: Issuers, asked: Asked): readonly Buffer[] {
  const anchors = bundle.x509Authorities;
  if (asked === 'whole chain') return [...anchors, ...intermediates];
  // Below an upstream, the anchors do not sign workloads' certificates themselves.
  return intermediates.length > 0 ? intermediates : anchors;
}

function validityOf(crl: Buffer, issuer: Certificate | undefined): Validity | undefined {
  if (!issuer) return undefined;
  const read = attempt(() => readCrl(crl, issuer));
  return read && { thisUpdate: read.thisUpdate, nextUpdate: read.nextUpdate };
}

/** Undefined for what cannot be read. */
function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
