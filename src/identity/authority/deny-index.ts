import type { Denial, RevocationState } from './revocation.ts';

/** What an SVID shows of itself. */
export interface Shown {
  readonly spiffeId: string;
  /** `notBefore` less the time that it is backdated, or `iat`; milliseconds since 1970. */
  readonly issuedAt: number;
  readonly serial?: { readonly authority: string; readonly value: string };
  /** SHA-256 of each SubjectPublicKeyInfo of the chain. */
  readonly keys: readonly string[];
}

/** Finds what is denied without going through the list. */
export class DenyIndex {
  readonly sequence: number;
  readonly #identities = new Map<string, Denial & { deny: 'identity' }>();
  readonly #serials = new Map<string, Denial>();
  readonly #keys = new Map<string, Denial>();

  constructor({ sequence, denials }: RevocationState) {
    this.sequence = sequence;
    for (const denial of denials) {
      if (denial.deny === 'identity') this.#identities.set(denial.value, denial);
      else if (denial.deny === 'key') this.#keys.set(denial.value, denial);
      else this.#serials.set(`${denial.authority} ${denial.value}`, denial);
    }
  }

  /** The denial because of which nothing may be issued to a SPIFFE ID at this time of day, or for a
   *  public key, whose SHA-256 is made only where keys are denied. */
  forbidding(spiffeId: string, wall: number, key?: () => string): Denial | undefined {
    const identity = this.#identities.get(spiffeId);
    if (identity && (identity.issuedBefore ?? Infinity) > wall) return identity;
    return key === undefined || this.#keys.size === 0 ? undefined : this.#keys.get(key());
  }

  /** The denial that an SVID falls under. */
  find({ spiffeId, issuedAt, serial, keys }: Shown): Denial | undefined {
    const identity = this.#identities.get(spiffeId);
    if (identity && (identity.issuedBefore === null || issuedAt < identity.issuedBefore)) {
      return identity;
    }
    const one = serial && this.#serials.get(`${serial.authority} ${serial.value}`);
    if (one) return one;
    const key = keys.find((candidate) => this.#keys.has(candidate));
    return key === undefined ? undefined : this.#keys.get(key);
  }
}
