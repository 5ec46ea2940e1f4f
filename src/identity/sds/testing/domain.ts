import { randomFillSync } from 'node:crypto';
import { parseSpiffeId, type TrustBundle } from '../../spiffe/index.ts';
import type { HeldSvid } from '../../workload-api/index.ts';
import { type Authority, createSvidIssuer, issueCrl } from '../../x509/index.ts';
import { testAuthority } from '../../x509/testing/authority.ts';
import { ecKey } from '../../x509/testing/keys.ts';

const HOUR_MS = 3_600_000;

/** A trust domain with real certificates, for tests. */
export class TestDomain {
  readonly name: string;
  readonly now: number;
  readonly #roots: Authority[] = [];

  constructor(name: string, now: number) {
    this.name = name;
    this.now = now;
    this.addRoot();
  }

  get bundle(): TrustBundle {
    return {
      trustDomain: this.name,
      x509Authorities: this.#roots.map(({ certificate }) => certificate.der),
      jwtAuthorities: [],
    };
  }

  /** Another root, in the bundle from now on. */
  addRoot(): Authority {
    const root = this.authority();
    this.#roots.push(root);
    return root;
  }

  /** An authority below another, or a root. */
  authority(issuer?: Authority): Authority {
    const { now } = this;
    const times = { notBefore: now - HOUR_MS, notAfter: now + 10 * HOUR_MS };
    return testAuthority(this.name, { ...times, by: issuer });
  }

  /** An SVID by the first root, or by an authority below it. */
  svid(path: string, below?: Authority): HeldSvid {
    const { spki: publicKey, privateKey } = ecKey();
    const spiffeId = `spiffe://${this.name}${path}`;
    const { certificate } = createSvidIssuer(below ?? this.root(0), randomFillSync)(
      {
        id: parseSpiffeId(spiffeId),
        publicKey,
        ttlSeconds: 3_600,
      },
      this.now,
    );
    return {
      spiffeId,
      trustDomain: this.name,
      chain: [certificate, ...(below ? [below.certificate.der] : [])],
      privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }),
      hint: '',
    };
  }

  root(index: number): Authority {
    const root = this.#roots[index];
    if (!root) throw new Error(`there is no root ${index}`);
    return root;
  }

  /** The list of an authority, which is good for a while. */
  crl(
    of: Authority = this.root(0),
    hours = 1,
    number = 1n,
    thisUpdate = this.now - HOUR_MS,
  ): Buffer {
    const revoked = [{ serialNumber: '0badcafe', revokedAt: this.now }];
    const times = { thisUpdate, nextUpdate: this.now + hours * HOUR_MS };
    return issueCrl(of, { number, revoked, ...times });
  }
}
