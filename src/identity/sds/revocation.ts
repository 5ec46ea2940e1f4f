import type { TrustBundle } from '../spiffe/index.ts';
import { type Certificate, readCertificate, readCrl } from '../x509/index.ts';

/** Until when a list of revoked certificates is good: milliseconds since 1970. */
interface Validity {
  readonly nextUpdate: number;
}

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
  /** When the first of them is no longer good. */
  readonly until: number;
  /** Certificates are revoked, and this Envoy is not told: not every authority has a list that is good. */
  readonly isIncomplete: boolean;
}

/** For which certificates of a chain Envoy wants a list. */
export type Asked = 'whole chain' | 'leaf';

/** Finds the lists for the authorities of trust domains. Remembers what it has read. */
export class RevocationLists {
  readonly #certificates = new WeakMap<Buffer, { readonly read: Certificate | undefined }>();
  /** By list and, in base64, authority. */
  readonly #validities = new WeakMap<Buffer, Map<string, Validity | undefined>>();

  /** Whether an authority can be read. One that cannot would make Envoy refuse the whole bundle. */
  isReadable(authority: Buffer): boolean {
    return this.#read(authority) !== undefined;
  }

  /** The lists of one trust domain. As soon as Envoy has one list, it refuses what comes of an authority without: so
   *  either every authority has one, or none is given. */
  listsOf(issuers: Issuers, crls: readonly Buffer[], asked: Asked, now: number): Lists {
    const found: { crl: Buffer; nextUpdate: number }[] = [];
    let lacking = 0;
    for (const authority of authoritiesOf(issuers, asked)) {
      const own = this.#newest(authority, crls, now);
      if (own) found.push(own);
      else lacking++;
    }
    if (lacking > 0) return { crls: [], until: Infinity, isIncomplete: found.length > 0 };
    return {
      crls: [...new Set(found.map(({ crl }) => crl))],
      until: Math.min(...found.map(({ nextUpdate }) => nextUpdate)),
      isIncomplete: false,
    };
  }

  /** The list of an authority that is good for the longest time. */
  #newest(authority: Buffer, crls: readonly Buffer[], now: number) {
    let newest: { crl: Buffer; nextUpdate: number } | undefined;
    for (const crl of crls) {
      const validity = this.#validity(crl, authority);
      if (!validity || validity.nextUpdate <= now) continue;
      if (!newest || newest.nextUpdate < validity.nextUpdate) {
        newest = { crl, nextUpdate: validity.nextUpdate };
      }
    }
    return newest;
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
  return read && { nextUpdate: read.nextUpdate };
}

/** Undefined for what cannot be read. */
function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
