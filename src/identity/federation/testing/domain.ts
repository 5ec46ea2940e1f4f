import { randomFillSync, X509Certificate } from 'node:crypto';
import { spiffeIdOf, type TrustBundle } from '../../spiffe/index.ts';
import { type Authority, createSvidIssuer } from '../../x509/index.ts';
import { testAuthority } from '../../x509/testing/authority.ts';
import { ecKey } from '../../x509/testing/keys.ts';
import type { ServerSvid, SvidSource } from '../endpoint/index.ts';

const DAY = 86_400_000;

/** An authority; a root without `by`. */
export function newAuthority(trustDomain: string, now: number, by?: Authority): Authority {
  const notAfter = now + DAY - (by ? 1_000 : 0);
  return testAuthority(trustDomain, { notBefore: now - DAY, notAfter, by });
}

interface SvidWish {
  readonly path?: readonly string[];
  readonly ttlSeconds?: number;
  readonly dnsNames?: readonly string[];
  readonly hasIntermediate?: boolean;
}

/** A trust domain of a test, with an X.509-SVID for its endpoint. */
export class TestDomain implements SvidSource {
  readonly trustDomain: string;
  readonly #now: number;
  readonly #listeners = new Set<(svid: ServerSvid) => void>();
  #roots: Authority[];
  #active: Authority;
  #sequence = 1n;
  refreshHintSeconds = 300;
  current: ServerSvid | undefined;
  bundle: TrustBundle;

  constructor(trustDomain: string, now = Date.now()) {
    this.trustDomain = trustDomain;
    this.#now = now;
    this.#active = newAuthority(trustDomain, now);
    this.#roots = [this.#active];
    this.bundle = this.#toBundle();
    this.current = this.svid();
  }

  get endpointId(): string {
    return `spiffe://${this.trustDomain}/reeve/server`;
  }

  onChange(listener: (svid: ServerSvid) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Of its active root, or of an authority below it. */
  svid(wish: SvidWish = {}): ServerSvid {
    const { path = ['reeve', 'server'], ttlSeconds = 3_600, dnsNames = [] } = wish;
    const { privateKey, spki: publicKey } = ecKey();
    const between = wish.hasIntermediate
      ? newAuthority(this.trustDomain, this.#now, this.#active)
      : undefined;
    const issue = createSvidIssuer(between ?? this.#active, randomFillSync);
    const id = spiffeIdOf(this.trustDomain, ...path);
    const { certificate } = issue({ id, publicKey, ttlSeconds, dnsNames }, this.#now);
    return {
      chain: [certificate, ...(between ? [between.certificate.der] : [])],
      privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }),
    };
  }

  /** What this domain trusts now, as a file of web authorities. */
  get pem(): string {
    return this.bundle.x509Authorities.map((der) => new X509Certificate(der).toString()).join('');
  }

  /** The endpoint shows it from now on. */
  show(svid: ServerSvid): void {
    this.current = svid;
    for (const listener of this.#listeners) listener(svid);
  }

  /** A new root is published beside the others. */
  publish(): void {
    this.#roots.push(newAuthority(this.trustDomain, this.#now));
    this.#change();
  }

  /** What was published last signs from now on; what signed before is still trusted. */
  activate(): void {
    const [newest = this.#active] = this.#roots.slice(-1);
    this.#active = newest;
    this.show(this.svid());
  }

  /** Only what signs now is trusted. */
  retire(): void {
    this.#roots = [this.#active];
    this.#change();
  }

  #change(): void {
    this.#sequence++;
    this.bundle = this.#toBundle();
  }

  #toBundle(): TrustBundle {
    return {
      trustDomain: this.trustDomain,
      x509Authorities: this.#roots.map(({ certificate }) => certificate.der),
      jwtAuthorities: [],
      sequence: this.#sequence,
      refreshHintSeconds: this.refreshHintSeconds,
    };
  }
}
