import type { Asking } from '../../secrets/rotation/index.ts';
import {
  createShamirKek,
  type Kek,
  type KekConfig,
  type KeyRing,
  type Vault,
} from '../../secrets/vault/index.ts';
import type { RingDocument } from './ring.ts';
import * as faults from './vault-faults.ts';

/** Shares of a new key: they are shown once, and kept nowhere. */
export interface MadeShares {
  readonly shares: readonly string[];
  readonly needed: number;
}

export interface RootKeysParts {
  readonly ring: RingDocument;
  /** Unsealed, with the ring of the store.
   *  @throws {Fault} `vault/unavailable/sealed`, `estate/unavailable` */
  readonly newest: () => Promise<Vault>;
  /** Versions of the root key that values need, as they stand in the store. */
  readonly rootsInUse: () => Promise<ReadonlySet<number>>;
  readonly random: (bytes: number) => Buffer;
  readonly clock: () => number;
}

/** After a root key was replaced, every server has seen it by then, and what was under way is written. */
const SETTLED_MS = 300_000;

/** Changes of the vault's key ring, each with its entry in the audit log.
 *  @throws {Fault} from every method: `vault/unavailable/…`, `vault/conflict/changed-elsewhere` */
export class RootKeys {
  readonly #parts: RootKeysParts;

  constructor(parts: RootKeysParts) {
    this.#parts = parts;
  }

  /** Adds a version, which wraps from now on.
   *  @throws {Fault} `vault/conflict/too-many-root-keys` */
  async rotate(by: Asking): Promise<void> {
    const { ring, newest } = this.#parts;
    const vault = await newest();
    const keep = (next: KeyRing) => {
      const said = { version: next.versions.at(-1)?.number, revision: next.revision };
      return ring.keep(next, { action: 'vault.rotate-root', said, by });
    };
    await vault.rotateRoot(keep).catch(faults.rethrow);
  }

  /** Takes a version away for good.
   *  @throws {Fault} `vault/conflict/root-key-in-use`, `vault/not-found` */
  async retire(version: number, by: Asking): Promise<void> {
    const { ring, newest, rootsInUse } = this.#parts;
    const vault = await newest();
    this.#judgeSettled(vault);
    const keep = (next: KeyRing) => {
      const said = { version, revision: next.revision };
      return ring.keep(next, { action: 'vault.retire-root', said, by });
    };
    await vault.retireRoot(version, await rootsInUse(), keep).catch(faults.rethrow);
  }

  /** Puts the vault under another key, which it takes over. */
  async changeKek(vault: Vault, kek: Kek, by: Asking): Promise<void> {
    const from = vault.status.kek;
    const keep = (next: KeyRing) => {
      const said = { from, kek: next.kek, revision: next.revision };
      return this.#parts.ring.keep(next, { action: 'vault.change-kek', said, by });
    };
    await vault.changeKek(kek, keep).catch(faults.rethrow);
  }

  /** Puts the vault under another key in shares; those before are void.
   *  @throws {Fault} `vault/conflict/no-shares` */
  async renewShares(config: KekConfig, by: Asking): Promise<MadeShares> {
    const vault = await this.#parts.newest();
    const { kek, made } = await newShares(config, this.#parts.random);
    await this.changeKek(vault, kek, by);
    return made;
  }

  #judgeSettled(vault: Vault): void {
    const newest = Date.parse(vault.status.rootVersions.at(-1)?.createdAt ?? '');
    const left = newest + SETTLED_MS - this.#parts.clock();
    if (left > 0) throw faults.notSettled(Math.ceil(left / 1_000));
  }
}

/** @throws {Fault} `vault/conflict/no-shares` */
export async function newShares(
  config: KekConfig,
  random: (bytes: number) => Buffer,
): Promise<{ readonly kek: Kek; readonly made: MadeShares }> {
  if (config.kind !== 'shamir') throw faults.noShares(config.kind);
  const { kek, shares } = await createShamirKek(config, random);
  return { kek, made: { shares, needed: config.threshold } };
}
