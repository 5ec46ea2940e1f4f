import { createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { TrustBundle } from '../spiffe/index.ts';
import type { HeldSvid } from '../workload-api/index.ts';
import { toPem } from '../x509/index.ts';
import { plainValidationSecret, type Secret, spiffeValidationSecret } from './messages.ts';
import { type Issuers, type Lists, RevocationLists } from './revocation.ts';

/** What verifies the peers of some trust domains. */
export interface ContextWish {
  readonly name: string;
  /** Whether Envoy's validator of SPIFFE is used; without it, there is one bundle. */
  readonly isSpiffe: boolean;
  /** Of the trust domains; those without an authority are left out. */
  readonly bundles: readonly TrustBundle[];
  /** The workload's own, which show what stands between SVIDs and bundles. */
  readonly svids: readonly HeldSvid[];
  readonly crls: readonly Buffer[];
}

export interface ValidationContext {
  readonly secret: Secret;
  /** Trust domains whose revoked certificates Envoy takes, though there are lists. */
  readonly unenforced: readonly string[];
  /** When it is to be made anew, in milliseconds since 1970. */
  readonly until: number;
}

const MAX_KEPT = 128;

/** Makes validation contexts, and keeps them: they can hold long lists, and many workloads have the same. */
export class ValidationContexts {
  readonly #clock: Clock;
  readonly #lists = new RevocationLists();
  readonly #digests = new WeakMap<Buffer, string>();
  readonly #made = new Map<string, ValidationContext>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined where the bundles hold no authority: Envoy takes no context that trusts nobody. */
  contextOf(wish: ContextWish): ValidationContext | undefined {
    const now = this.#clock();
    const all = wish.bundles.map((bundle) => this.#issuersOf(bundle, wish.svids));
    const issuers = all.filter(({ bundle }) => bundle.x509Authorities.length > 0);
    const [first] = issuers;
    if (!first) return undefined;
    const key = this.#keyOf(wish, issuers);
    const known = this.#made.get(key);
    if (known && now < known.until) return known;
    const made = this.#make(wish, [first, ...issuers.slice(1)], now);
    this.#made.delete(key);
    this.#made.set(key, made);
    const [oldest] = this.#made.keys();
    if (this.#made.size > MAX_KEPT && oldest !== undefined) this.#made.delete(oldest);
    return made;
  }

  #make(
    { name, isSpiffe, crls }: ContextWish,
    [first, ...others]: readonly [Issuers, ...Issuers[]],
    now: number,
  ): ValidationContext {
    const asked = isSpiffe ? 'whole chain' : 'leaf';
    const domainOf = (issuers: Issuers) => ({
      trustDomain: issuers.bundle.trustDomain,
      authorities: toPem('CERTIFICATE', ...issuers.bundle.x509Authorities),
      lists: this.#lists.listsOf(issuers, crls, asked, now),
    });
    const main = domainOf(first);
    const domains = [main, ...others.map(domainOf)];
    const secret = isSpiffe
      ? spiffeValidationSecret(
          name,
          // Envoy's validator of SPIFFE reads lists from among the authorities, and nowhere else.
          domains.map(({ trustDomain, authorities, lists }) => ({
            trustDomain,
            pem: authorities + inPem(lists),
          })),
        )
      : plainValidationSecret(name, main.authorities, inPem(main.lists));
    const unenforced = domains.filter(({ lists }) => lists.isIncomplete);
    return {
      secret,
      unenforced: unenforced.map(({ trustDomain }) => trustDomain),
      until: Math.min(...domains.map(({ lists }) => lists.until)),
    };
  }

  #issuersOf(bundle: TrustBundle, svids: readonly HeldSvid[]): Issuers {
    const own = svids.filter(({ trustDomain }) => trustDomain === bundle.trustDomain);
    return {
      bundle: {
        ...bundle,
        x509Authorities: bundle.x509Authorities.filter((der) => this.#lists.isReadable(der)),
      },
      intermediates: own.flatMap(({ chain }) => chain.slice(1)),
    };
  }

  #keyOf({ name, isSpiffe, crls }: ContextWish, issuers: readonly Issuers[]): string {
    const digests = (all: readonly Buffer[]) => all.map((one) => this.#digestOf(one)).join();
    const domains = issuers.map(
      ({ bundle, intermediates }) =>
        `${bundle.trustDomain} ${digests(bundle.x509Authorities)} ${digests(intermediates)}`,
    );
    return [name, isSpiffe, digests(crls), ...domains].join('\n');
  }

  #digestOf(bytes: Buffer): string {
    const known = this.#digests.get(bytes);
    if (known !== undefined) return known;
    const digest = createHash('sha256').update(bytes).digest('base64');
    this.#digests.set(bytes, digest);
    return digest;
  }
}

function inPem({ crls }: Lists): string {
  return toPem('X509 CRL', ...crls);
}
