import { generateKeyPairSync, randomFillSync } from 'node:crypto';
import {
  AttestationConfig,
  type Attestors,
  createAttestors,
  machinePorts,
  openPeerReader,
  type PeerReader,
} from '../../../src/identity/attestation/index.ts';
import { createJwtIssuer, validateJwtSvid } from '../../../src/identity/jwt/index.ts';
import {
  type Entry,
  EntryIndex,
  type Selector,
  whyNone,
} from '../../../src/identity/registration/index.ts';
import {
  parseSpiffeId,
  type TrustBundle,
  toBundleFinder,
} from '../../../src/identity/spiffe/index.ts';
import {
  type FreshSvid,
  type JwtIssue,
  type JwtSvidWish,
  type Matched,
  SvidCache,
  type WorkloadApiPorts,
  type WorkloadCall,
} from '../../../src/identity/workload-api/index.ts';
import { createSvidIssuer } from '../../../src/identity/x509/index.ts';
import { testAuthority } from '../../../src/identity/x509/testing/authority.ts';

const DAY_MS = 86_400_000;
const KEY_ID = 'of the test';

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** An authority of its own, as a root. */
const newRoot = (trustDomain: string) =>
  testAuthority(trustDomain, { notBefore: Date.now() - DAY_MS, notAfter: Date.now() + DAY_MS });

/** What issues identities to the processes of this machine, and attests them for real. */
export class Identities implements Omit<WorkloadApiPorts, 'peers'> {
  readonly entries = new EntryIndex();
  readonly calls: WorkloadCall[] = [];
  readonly cache: SvidCache;
  readonly peers: PeerReader;
  readonly #attestors: Attestors;
  readonly #root = newRoot('example.org');
  readonly #foreign = newRoot('other.example');
  readonly #jwtKey = newKey();

  private constructor(peers: PeerReader) {
    this.peers = peers;
    const config = AttestationConfig.parse({});
    this.#attestors = createAttestors(
      {
        clock: Date.now,
        workload: machinePorts(config),
        clusters: () => [],
        joinTokens: {
          add: async () => {},
          change: async (_, step) => step(undefined).shown,
          removeExpired: async () => 0,
        },
      },
      config,
    );
    this.cache = new SvidCache(
      {
        match: (selectors) => this.#match(selectors),
        trustOf: (domains) => ({
          bundles: this.#bundles().filter(({ trustDomain }) => domains.has(trustDomain)),
          crls: [],
        }),
        issue: async (entry) => this.#issue(entry),
        clock: Date.now,
        random: Math.random,
        after: (milliseconds, callBack) => {
          const timer = setTimeout(callBack, milliseconds);
          return () => clearTimeout(timer);
        },
      },
      { maxIssuing: 4 },
    );
  }

  static async make(): Promise<Identities> {
    return new Identities(await openPeerReader());
  }

  attest: WorkloadApiPorts['attest'] = (peer) => this.#attestors.workload.attest(peer);

  watch: WorkloadApiPorts['watch'] = (selectors, tell) => this.cache.watch(selectors, tell);

  onCall = (call: WorkloadCall): void => {
    this.calls.push(call);
  };

  issueJwt = async ({ selectors, audience, spiffeId }: JwtSvidWish): Promise<JwtIssue> => {
    const matched = this.#match(selectors);
    if (matched.kind !== 'matches') return matched;
    const sign = createJwtIssuer({ keyId: KEY_ID, privateKey: this.#jwtKey.privateKey });
    const svids = matched.matches
      .filter(({ entry }) => spiffeId === undefined || entry.spiffeId === spiffeId)
      .map(({ entry, hint }) => {
        const id = parseSpiffeId(entry.spiffeId);
        const { token } = sign({ id, audience, ttlSeconds: entry.jwtTtlSeconds }, Date.now());
        return { spiffeId: entry.spiffeId, token, hint };
      });
    return { kind: 'issued', svids };
  };

  checkJwt: WorkloadApiPorts['checkJwt'] = ({ token, audience, bundles }) => {
    const bundleOf = toBundleFinder(bundles);
    const how = { bundleOf, audience: [audience], now: Date.now() };
    const { id, claims } = validateJwtSvid(token, how);
    return { spiffeId: id.uri, claims };
  };

  #match(selectors: readonly Selector[]): Matched {
    const workload = { selectors, agent: null };
    const matches = this.entries.match(workload, Date.now());
    return matches.length > 0
      ? { kind: 'matches', matches }
      : { kind: 'none', why: whyNone(this.entries.entries(), workload, Date.now()) };
  }

  #issue({ spiffeId, x509TtlSeconds: ttlSeconds }: Entry): FreshSvid {
    const { publicKey, privateKey } = newKey();
    const { certificate, notAfter } = createSvidIssuer(this.#root, randomFillSync)(
      {
        id: parseSpiffeId(spiffeId),
        publicKey: publicKey.export({ format: 'der', type: 'spki' }),
        ttlSeconds,
      },
      Date.now(),
    );
    return {
      chain: [certificate],
      privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }),
      expiresAt: notAfter,
    };
  }

  #bundles(): TrustBundle[] {
    const jwtAuthorities = [{ keyId: KEY_ID, publicKey: this.#jwtKey.publicKey }];
    return [
      {
        trustDomain: 'example.org',
        x509Authorities: [this.#root.certificate.der],
        jwtAuthorities,
      },
      {
        trustDomain: 'other.example',
        x509Authorities: [this.#foreign.certificate.der],
        jwtAuthorities: [],
      },
    ];
  }
}
