import type { Clock } from '../../base/clock.ts';

interface KeptCrl {
  readonly sequence: number;
  readonly der: Buffer;
  /** Milliseconds since 1970. */
  readonly renewAt: number;
}

export interface CrlSource {
  /** Of the deny list. */
  sequence(): number;
  /** Ids of the certificate authorities that are trusted now. */
  authorities(): readonly string[];
  /** In DER. */
  sign(authority: string, validitySeconds: number): Buffer;
  readonly clock: Clock;
}

const VALIDITY_SECONDS = 86_400;

/** The lists of what each authority has revoked: signed when something changes, and at half of their validity. */
export class Crls {
  readonly #source: CrlSource;
  #kept = new Map<string, KeptCrl>();

  constructor(source: CrlSource) {
    this.#source = source;
  }

  /** In DER, one for each authority. */
  current(): readonly Buffer[] {
    const { clock, sequence, authorities, sign } = this.#source;
    const now = clock();
    const before = this.#kept;
    const fresh = (id: string): KeptCrl => {
      const known = before.get(id);
      if (known && known.sequence === sequence() && now < known.renewAt) return known;
      const der = sign(id, VALIDITY_SECONDS);
      return { sequence: sequence(), der, renewAt: now + (VALIDITY_SECONDS * 1_000) / 2 };
    };
    this.#kept = new Map(authorities().map((id) => [id, fresh(id)]));
    return [...this.#kept.values()].map(({ der }) => der);
  }

  /** When one of them is to be signed anew, in milliseconds since 1970. */
  get renewAt(): number {
    return Math.min(...[...this.#kept.values()].map(({ renewAt }) => renewAt));
  }
}
