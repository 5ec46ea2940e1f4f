import { randomBytes, randomFillSync } from 'node:crypto';
import { AuthorityConfig } from '../config.ts';
import { AuthorityKeeper, type KeeperParts } from '../keeper.ts';
import { KeyRing } from '../keys/index.ts';
import { certifierOf, post } from '../upstream/index.ts';
import { MemoryAuthorityStore } from './memory-store.ts';

/** A keeper over a store in memory, with a clock that a test turns. */
export class KeeperRig {
  readonly store = new MemoryAuthorityStore();
  readonly warnings: unknown[] = [];
  readonly config: AuthorityConfig;
  wall = Date.UTC(2025, 2, 3);
  steady = 0;
  parts: KeeperParts;

  constructor(config: unknown = {}) {
    this.config = AuthorityConfig.parse(config);
    this.parts = {
      trustDomain: 'example.org',
      config: this.config,
      store: this.store,
      ring: new KeyRing([randomBytes(32)]),
      certify: certifierOf({ kind: 'none' }, post, randomFillSync),
      clock: () => this.wall,
      steadyClock: () => this.steady,
      fillRandom: randomFillSync,
      warn: (_, fault) => this.warnings.push(fault),
    };
  }

  open(changed: Partial<KeeperParts> = {}): Promise<AuthorityKeeper> {
    this.parts = { ...this.parts, ...changed };
    return AuthorityKeeper.open(this.parts);
  }

  /** Time passes, minute by minute where it is longer than that. */
  async pass(keeper: AuthorityKeeper, milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 60_000) {
      const part = Math.min(left, 60_000);
      this.wall += part;
      this.steady += part;
      await keeper.tick();
      await keeper.settled();
    }
  }
}
