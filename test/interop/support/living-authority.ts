import { generateKeyPairSync, randomBytes, randomFillSync } from 'node:crypto';
import {
  AuthorityConfig,
  AuthorityKeeper,
  certifierOf,
  type IssuedX509,
  KeyRing,
  post,
} from '../../../src/identity/authority/index.ts';
import { MemoryAuthorityStore } from '../../../src/identity/authority/testing/memory-store.ts';
import type { ServerSvid, SvidSource } from '../../../src/identity/federation/index.ts';
import { AuthoritySupply, OwnSvid } from '../../../src/identity/host/index.ts';
import { EntryIndex } from '../../../src/identity/registration/index.ts';
import { spiffeIdOf, type TrustBundle } from '../../../src/identity/spiffe/index.ts';

const BY = { actor: 'test', reason: '' };

/** The authority of a trust domain by the clock of this machine, with the X.509-SVID of its server, as
 *  they are in a server. */
export class LivingAuthority implements SvidSource {
  readonly keeper: AuthorityKeeper;
  readonly #supply: AuthoritySupply;
  readonly #svid: OwnSvid;
  readonly #ticking: NodeJS.Timeout;

  private constructor(keeper: AuthorityKeeper) {
    this.keeper = keeper;
    const entries = { index: new EntryIndex(), onChange: () => () => {} };
    this.#supply = new AuthoritySupply({ keeper, entries, clock: Date.now });
    this.#svid = new OwnSvid(this.#supply, Date.now, (thrown) => console.error(thrown));
    // more often than a server does, so that no test waits for it
    this.#ticking = setInterval(() => void keeper.tick(), 200);
  }

  /** Resolves when there is an SVID. */
  static async open(trustDomain: string, said: object): Promise<LivingAuthority> {
    const config = AuthorityConfig.parse(said);
    const keeper = await AuthorityKeeper.open({
      ...{ trustDomain, config, fillRandom: randomFillSync },
      store: new MemoryAuthorityStore(),
      ring: new KeyRing([randomBytes(32)]),
      certify: certifierOf(config.upstream, post, randomFillSync),
      clock: Date.now,
      steadyClock: () => performance.now(),
      warn: (message, fault) => console.error(message, fault),
    });
    const authority = new LivingAuthority(keeper);
    await new Promise<void>((resolve) => authority.onChange(() => resolve()));
    return authority;
  }

  get current(): ServerSvid | undefined {
    return this.#svid.current;
  }

  get bundle(): TrustBundle {
    return this.keeper.bundle;
  }

  onChange(listener: (svid: ServerSvid) => void): () => void {
    return this.#svid.onChange(listener);
  }

  /** An X.509-SVID, as a workload gets it, that the audit log knows of. */
  async issue(...path: readonly string[]): Promise<IssuedX509 & ServerSvid> {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const answer = this.keeper.issueX509({
      ...{ id: spiffeIdOf(this.keeper.state.trustDomain, ...path), service: '', by: BY },
      publicKey: publicKey.export({ format: 'der', type: 'spki' }),
    });
    if (answer.outcome === 'refused') throw answer.fault;
    await this.keeper.record([answer]);
    return { ...answer.svid, privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }) };
  }

  async close(): Promise<void> {
    clearInterval(this.#ticking);
    this.#svid.close();
    this.#supply.close();
    await this.keeper.close();
  }
}
