import { generateKeyPairSync } from 'node:crypto';
import type { Attestation, Peer } from '../../attestation/index.ts';
import type { Selector, WhyNone } from '../../registration/index.ts';
import type { TrustBundle } from '../../spiffe/index.ts';
import type {
  CheckedJwt,
  Entitled,
  Entitlement,
  HeldSvid,
  JwtCheck,
  JwtIssue,
  JwtSvidWish,
  WorkloadApiPorts,
  WorkloadCall,
} from '../ports.ts';

export const SELECTORS = ['unix:gid:1000', 'unix:uid:1000'] as readonly Selector[];
export const TRUST_DOMAIN = 'example.org';
export const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';

const jwtKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;

export function bundle(trustDomain: string, ...authorities: readonly string[]): TrustBundle {
  return {
    trustDomain,
    x509Authorities: authorities.map((text) => Buffer.from(text)),
    jwtAuthorities: [{ keyId: `key of ${trustDomain}`, publicKey: jwtKey }],
  };
}

export function svid(name: string, hint = '', spiffeId = ORDERS): HeldSvid {
  return {
    spiffeId,
    trustDomain: TRUST_DOMAIN,
    chain: [Buffer.from(`leaf ${name};`), Buffer.from(`issuer ${name};`)],
    privateKey: Buffer.from(`key ${name}`),
    hint,
  };
}

export function entitled(name: string, change: Partial<Entitled> = {}): Entitled {
  return {
    kind: 'entitled',
    svids: [svid(name)],
    bundles: [bundle(TRUST_DOMAIN, 'root A;', 'root B;'), bundle('other.example', 'foreign;')],
    crls: [Buffer.from('revoked')],
    ...change,
  };
}

export const NOTHING: WhyNone = { seen: SELECTORS, seenCount: 2, entryCount: 3, near: [] };

/** Everything that the Workload API asks for, as a test wants it. */
export class World implements WorkloadApiPorts {
  entitlement: Entitlement = entitled('one');
  attestation: Attestation = { kind: 'attested', selectors: SELECTORS, notes: [], facts: {} };
  jwt: (wish: JwtSvidWish) => JwtIssue = ({ audience, spiffeId = ORDERS }) => ({
    kind: 'issued',
    svids: [{ spiffeId, token: `token for ${audience.join(' and ')}`, hint: 'internal' }],
  });
  check: (check: JwtCheck) => CheckedJwt = () => ({ spiffeId: ORDERS, claims: {} });
  readonly calls: WorkloadCall[] = [];
  readonly watched: (readonly Selector[])[] = [];
  attestations = 0;
  peersRead = 0;
  peersReleased = 0;
  readonly #watchers = new Set<(entitlement: Entitlement) => void>();

  readonly peers = {
    peerOf: (): Peer => {
      this.peersRead++;
      const release = (): void => {
        this.peersReleased++;
      };
      return { pid: 7, uid: 1_000, gid: 1_000, hasEnded: () => false, release };
    },
  };

  /** How many follow what they are entitled to. */
  get watchers(): number {
    return this.#watchers.size;
  }

  change(entitlement: Entitlement): void {
    this.entitlement = entitlement;
    for (const tell of this.#watchers) tell(entitlement);
  }

  async attest(): Promise<Attestation> {
    this.attestations++;
    return this.attestation;
  }

  watch(selectors: readonly Selector[], tell: (entitlement: Entitlement) => void): () => void {
    this.watched.push(selectors);
    this.#watchers.add(tell);
    tell(this.entitlement);
    return () => this.#watchers.delete(tell);
  }

  async issueJwt(wish: JwtSvidWish): Promise<JwtIssue> {
    return this.jwt(wish);
  }

  checkJwt(check: JwtCheck): CheckedJwt {
    return this.check(check);
  }

  onCall(call: WorkloadCall): void {
    this.calls.push(call);
  }
}
