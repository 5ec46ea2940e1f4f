import { randomFillSync } from 'node:crypto';
import { parseSpiffeId } from '../../../src/identity/spiffe/index.ts';
import { type Authority, createSvidIssuer, issueCrl } from '../../../src/identity/x509/index.ts';
import { testAuthority } from '../../../src/identity/x509/testing/authority.ts';
import { ecKey } from '../../../src/identity/x509/testing/keys.ts';
import { readSvid, type X509Svid } from '../source/index.ts';

const DAY_MS = 86_400_000;
const HOUR_SECONDS = 3_600;

/** A trust domain of a test: a root, an authority below it that issues, and lists of what is revoked. */
export class TrustDomain {
  readonly name: string;
  root: Authority;
  issuing: Authority;
  #crls = 0n;

  constructor(name: string) {
    this.name = name;
    this.root = this.#newAuthority();
    this.issuing = this.#newAuthority(this.root);
  }

  /** What verifies the SVIDs of now. */
  get authorities(): Buffer[] {
    return [this.root.certificate.der];
  }

  /** From now on another root, and another authority below it, issue. */
  rotate(): void {
    this.root = this.#newAuthority();
    this.issuing = this.#newAuthority(this.root);
  }

  /** An SVID of a path such as `/ns/shop/sa/orders`, with a key of its own. */
  issue(path: string, ttlSeconds = HOUR_SECONDS, now = Date.now()): X509Svid {
    const { spki: publicKey, privateKey } = ecKey();
    const spiffeId = `spiffe://${this.name}${path}`;
    const { certificate } = createSvidIssuer(this.issuing, randomFillSync)(
      {
        id: parseSpiffeId(spiffeId),
        publicKey,
        ttlSeconds,
      },
      now,
    );
    return readSvid({
      spiffeId,
      chain: Buffer.concat([certificate, this.issuing.certificate.der]),
      privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }),
      bundle: Buffer.alloc(0),
      hint: '',
    });
  }

  /** The next list of revoked certificates. */
  revoke(...svids: readonly X509Svid[]): Buffer {
    const revokedAt = Date.now();
    return issueCrl(this.issuing, {
      number: ++this.#crls,
      thisUpdate: revokedAt,
      nextUpdate: revokedAt + DAY_MS,
      revoked: svids.map(({ serialNumber }) => ({ serialNumber, revokedAt })),
    });
  }

  #newAuthority(issuer?: Authority): Authority {
    const now = Date.now();
    // Nothing outlives what issues it.
    const notAfter = now + (issuer ? DAY_MS : 2 * DAY_MS);
    return testAuthority(this.name, { notBefore: now - DAY_MS, notAfter, by: issuer });
  }
}
