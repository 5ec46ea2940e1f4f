import type { Clock } from '../../base/clock.ts';
import type { JwtWish, SuppliedJwt } from './supply.ts';

const MAX_TOKENS = 10_000;
/** A token that is handed out must be good for the call that it is for. */
const MIN_LEFT_MS = 5_000;

interface Kept extends SuppliedJwt {
  readonly spiffeId: string;
}

/** Holds JWT-SVIDs for those who ask again: until half of their lifetime, and until their end where no other can
 *  be had. */
export class JwtCache {
  readonly #issue: (wish: JwtWish) => Promise<SuppliedJwt>;
  readonly #clock: Clock;
  /** By entry and audience, the longest unused first. */
  readonly #kept = new Map<string, Kept>();
  readonly #underWay = new Map<string, Promise<SuppliedJwt>>();

  constructor(issue: (wish: JwtWish) => Promise<SuppliedJwt>, clock: Clock) {
    this.#issue = issue;
    this.#clock = clock;
  }

  /** @throws {Fault} why none is issued, where none is held that still holds */
  async get(wish: JwtWish): Promise<SuppliedJwt> {
    const key = JSON.stringify([wish.entry.id, wish.entry.jwtTtlSeconds, ...wish.audience]);
    const kept = this.#kept.get(key);
    if (kept && this.#clock() < (kept.issuedAt + kept.expiresAt) / 2) {
      this.#keep(key, kept);
      return kept;
    }
    try {
      return await this.#fetch(key, wish);
    } catch (thrown) {
      const held = this.#kept.get(key);
      if (held && this.#clock() < held.expiresAt - MIN_LEFT_MS) return held;
      throw thrown;
    }
  }

  /** Forgets tokens that are not to be handed out any more; `issuedAt` in milliseconds since 1970. */
  drop(isDue: (spiffeId: string, issuedAt: number) => boolean): void {
    this.#underWay.clear();
    for (const [key, { spiffeId, issuedAt }] of this.#kept) {
      if (isDue(spiffeId, issuedAt)) this.#kept.delete(key);
    }
  }

  #fetch(key: string, wish: JwtWish): Promise<SuppliedJwt> {
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay;
    const fetching: Promise<SuppliedJwt> = this.#issue(wish)
      .then((jwt) => {
        // what was asked for before tokens were dropped may be one of them
        if (this.#underWay.get(key) === fetching) {
          this.#keep(key, { ...jwt, spiffeId: wish.entry.spiffeId });
        }
        return jwt;
      })
      .finally(() => {
        if (this.#underWay.get(key) === fetching) this.#underWay.delete(key);
      });
    this.#underWay.set(key, fetching);
    return fetching;
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_TOKENS && oldest !== undefined) this.#kept.delete(oldest);
  }
}
