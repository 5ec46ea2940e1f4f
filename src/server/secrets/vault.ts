import type { Log } from '../../base/log.ts';
import type { DocumentStore } from '../../estate/index.ts';
import type { SecretValue } from '../../secrets/model/index.ts';
import type { Asking, Clocks, Place, ValueBox } from '../../secrets/rotation/index.ts';
import {
  createKeyRing,
  type Kek,
  type KekConfig,
  type KeyRing,
  rootVersionOf,
  type ShareProgress,
  Vault,
} from '../../secrets/vault/index.ts';
import { Attempts } from './attempts.ts';
import { type KeyParts, keyOf, newKey, nextKey } from './key.ts';
import { RingDocument } from './ring.ts';
import { type MadeShares, newShares, RootKeys } from './root-keys.ts';
import * as faults from './vault-faults.ts';

export interface VaultParts extends Clocks, KeyParts {
  readonly store: DocumentStore;
  /** Other servers may write to the store. */
  readonly isShared: boolean;
  /** Versions of the root key that values need, as they stand in the store. */
  readonly rootsInUse: () => Promise<ReadonlySet<number>>;
  /** Whether the store holds values. */
  readonly hasValues: () => Promise<boolean>;
  readonly log: Log;
}

export interface VaultStanding {
  /** `new`: it has no keys yet. */
  readonly state: 'new' | 'sealed' | 'unsealed';
  readonly kind: KekConfig['kind'];
  readonly kek: string | null;
  readonly shares: ShareProgress | null;
  readonly rootKeys: { readonly version: number; readonly createdAt: string }[];
  /** Why it is sealed, or not under the key that it should be under. */
  readonly problem: (faults.Told & { readonly nextAt: string | null }) | null;
}

const ITSELF: Asking = { actor: 'reeve', reason: 'its key is at hand' };
/** So long a server encrypts by the ring that it has seen last. */
const SEEN_FOR_MS = 60_000;
/** What there is of their keys is here at once: starting waits for it. */
const LOCAL: readonly KekConfig['kind'][] = ['file', 'variable', 'shamir'];

/** The vault of a server: made, unsealed with the key of the configuration, and gone on with by what other servers do to
 *  its ring. A key that is away is asked for again, later each time, until it is there, or a person seals the vault.
 *  @throws {Fault} from all that needs its keys: `vault/unavailable/sealed`; `vault/unavailable/behind` (see `retried`) */
export class ServerVault implements ValueBox {
  readonly rootKeys: RootKeys;
  readonly #parts: VaultParts;
  readonly #ring: RingDocument;
  readonly #listeners = new Set<() => void>();
  readonly #unsealing: Attempts<Asking>;
  #vault: Vault | undefined;
  /** By the steady clock: when the ring was seen to be that of the store. */
  #seenAt = Number.NEGATIVE_INFINITY;
  #revision = 0;

  private constructor(parts: VaultParts) {
    const { clock, log } = parts;
    this.#parts = parts;
    this.#ring = new RingDocument(parts.store, clock);
    this.#unsealing = new Attempts<Asking>({
      ...{ itself: ITSELF, mayPass: faults.mayPass, failure: 'the vault stays sealed', clock, log },
      work: (by) => this.#unseal(by),
    });
    this.rootKeys = new RootKeys({ ...parts, ring: this.#ring, newest: () => this.#newest() });
  }

  /** Resolves when a key of this machine was tried; others are waited for in the background.
   *  @throws {Fault} `estate/unavailable`, `vault/ring-malformed` */
  static async open(parts: VaultParts): Promise<ServerVault> {
    const vault = new ServerVault(parts);
    await vault.#look();
    const attempt = vault.#unsealing.try();
    const { kek, kekBefore = kek } = parts.config;
    if (LOCAL.includes(kek.kind) && LOCAL.includes(kekBefore.kind)) await attempt;
    return vault;
  }

  get isSealed(): boolean {
    return this.#vault?.isSealed ?? true;
  }

  get standing(): VaultStanding {
    const { kek = null, shares = null, rootVersions = [] } = this.#vault?.status ?? {};
    const state = this.#vault === undefined ? 'new' : this.isSealed ? 'sealed' : 'unsealed';
    const { fault, nextAt } = this.#unsealing;
    return {
      ...{ state, kind: this.#parts.config.kek.kind, kek, shares },
      rootKeys: rootVersions.map(({ number: version, createdAt }) => ({ version, createdAt })),
      problem: fault === undefined ? null : { ...faults.toTold(fault), nextAt },
    };
  }

  /** Told whenever it may have been sealed or unsealed. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  encrypt(place: Place, value: SecretValue): string {
    const { isShared, steadyClock } = this.#parts;
    const vault = this.#unsealed();
    if (isShared && steadyClock() - this.#seenAt > SEEN_FOR_MS) throw faults.behind();
    return vault.encrypt(place, value);
  }

  decrypt(place: Place, envelope: string): SecretValue {
    return this.#vaultFor(envelope).decrypt(place, envelope);
  }

  /** The envelope under the newest root key; the very same where it is already. */
  rewrap(place: Place, envelope: string): string {
    const vault = this.#vaultFor(envelope);
    return vault.isNewest(envelope) ? envelope : vault.rewrap(place, envelope);
  }

  /** Does what needs the keys, and once more where another server has changed the ring meanwhile. */
  async retried<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (thrown) {
      if (!faults.isBehind(thrown)) throw thrown;
      await this.refresh();
      return work();
    }
  }

  /** A person has the key tried at once.
   *  @throws {Fault} `vault/unavailable/…` where it stays sealed */
  async unseal(by: Asking): Promise<void> {
    await this.#unsealing.settled();
    this.#unsealing.letGo();
    await this.#unsealing.try(by);
    if (this.isSealed) throw faults.asUnavailable(this.#unsealing.fault ?? faults.sealed());
  }

  /** @throws {Fault} `vault/share-…`, `vault/conflict/unsealed`, `vault/unavailable/new` */
  async giveShare(text: string, by: Asking): Promise<void> {
    const vault = this.#vault;
    if (vault === undefined) throw faults.notInitialised();
    const { given, needed } = await vault.giveShare(text).catch(faults.rethrow);
    const said = { given, needed };
    await this.#orSeal(vault, this.#ring.tell({ action: 'vault.share', said, by }));
    if (!vault.isSealed) await this.#begin(vault, by);
  }

  /** Forgets the shares that were given so far. */
  async resetShares(by: Asking): Promise<void> {
    this.#vault?.resetShares();
    await this.#ring.tell({ action: 'vault.reset-shares', said: {}, by });
  }

  /** Wipes its keys at once, and stays sealed until a person unseals it or the server starts anew. */
  async seal(by: Asking): Promise<void> {
    this.#unsealing.hold(faults.sealedBy(by.actor));
    this.#vault?.seal();
    this.#tellListeners();
    await this.#ring.tell({ action: 'vault.seal', said: {}, by });
  }

  /** Makes a vault whose key is in shares.
   *  @throws {Fault} `vault/conflict/no-shares`, `vault/conflict/exists`, `vault/unavailable/ring-not-found` */
  async initialise(by: Asking): Promise<MadeShares> {
    const { config, random } = this.#parts;
    await this.#look();
    if (this.#vault !== undefined) throw faults.exists();
    if (await this.#parts.hasValues()) throw faults.asUnavailable(faults.ringLost());
    const { kek, made } = await newShares(config.kek, random);
    let vault: Vault | undefined;
    try {
      vault = await this.#make(kek, by);
    } finally {
      if (vault === undefined) kek.close();
    }
    if (vault === undefined) throw faults.exists();
    try {
      await vault.unseal(kek);
      await this.#begin(vault, by);
    } catch (thrown) {
      // it is made: who did not get its shares now could not unseal it ever again
      this.#unsealing.complain(thrown);
    }
    return made;
  }

  /** Puts the vault under another key in shares; those before are void.
   *  @throws {Fault} `vault/conflict/no-shares`, `vault/conflict/changed-elsewhere` */
  async renewShares(by: Asking): Promise<MadeShares> {
    const made = await this.rootKeys.renewShares(this.#parts.config.kek, by);
    this.#unsealing.worked();
    return made;
  }

  /** Looks what other servers have done to the ring.
   *  @throws {Fault} `estate/unavailable`, `vault/…` */
  async refresh(): Promise<void> {
    await this.#look();
    if (this.isSealed) await this.#unsealing.wake();
  }

  async close(): Promise<void> {
    this.#unsealing.hold(faults.sealed());
    this.#vault?.seal();
    await this.#unsealing.settled();
    this.#vault?.seal();
  }

  async #look(): Promise<void> {
    const now = this.#parts.steadyClock();
    const ring = await this.#ring.read();
    if (ring === undefined) return;
    const vault = this.#vault ?? new Vault(ring, this.#parts);
    this.#vault = vault;
    await this.#follow(vault, ring);
    this.#seenAt = now;
  }

  /** A ring that has gone under another key is opened with that. One that is known already leaves shares that were given
   *  as they are. */
  async #follow(vault: Vault, ring: KeyRing): Promise<void> {
    if (ring.revision === this.#revision) return;
    if (!vault.isSealed && vault.status.kek !== ring.kek) {
      vault.seal();
      this.#tellListeners();
    }
    await vault.reload(ring).catch(faults.rethrow);
    this.#revision = ring.revision;
  }

  async #unseal(by: Asking): Promise<void> {
    const vault = this.#vault ?? (await this.#create(by));
    if (!vault.isSealed) return;
    const { kek, shares } = vault.status;
    if (shares !== undefined) throw faults.waitsForShares(shares.needed);
    await vault.unseal(await keyOf(kek, this.#parts));
    if (this.#unsealing.isHeld) vault.seal();
    else await this.#begin(vault, by);
  }

  async #create(by: Asking): Promise<Vault> {
    if (await this.#parts.hasValues()) throw faults.ringLost();
    const kek = await newKey(this.#parts);
    if (kek === undefined) throw faults.notInitialised();
    const made = await this.#make(kek, by).finally(() => kek.close());
    if (made === undefined) await this.#look();
    const vault = made ?? this.#vault;
    if (vault !== undefined) return vault;
    throw faults.ringLost();
  }

  /** Undefined: another server has made one. */
  async #make(kek: Kek, by: Asking): Promise<Vault | undefined> {
    const { random, clock, steadyClock } = this.#parts;
    const now = steadyClock();
    const ring = await createKeyRing(kek, { random, now: clock() });
    const said = { kek: ring.kek, revision: ring.revision };
    if (!(await this.#ring.make(ring, { action: 'vault.create', said, by }))) return undefined;
    this.#seenAt = now;
    this.#vault = new Vault(ring, this.#parts);
    return this.#vault;
  }

  /** It is unsealed: that stands in the audit log before a value is given to anybody. */
  async #begin(vault: Vault, by: Asking): Promise<void> {
    const { kek } = vault.status;
    await this.#orSeal(vault, this.#ring.tell({ action: 'vault.unseal', said: { kek }, by }));
    // a person has sealed it meanwhile: that holds
    if (vault.isSealed) return;
    this.#unsealing.worked();
    this.#parts.log.info({ kek }, 'the vault is unsealed');
    this.#tellListeners();
    await this.#moveOn(vault);
  }

  /** Puts the vault under the key that the configuration says it is to be under from now on. */
  async #moveOn(vault: Vault): Promise<void> {
    try {
      const next = await nextKey(vault.status.kek, this.#parts);
      if (next) await this.rootKeys.changeKek(vault, next, ITSELF);
    } catch (thrown) {
      this.#unsealing.complain(thrown);
    }
  }

  /** Seals the vault where what has to be told cannot be. */
  async #orSeal(vault: Vault, told: Promise<void>): Promise<void> {
    try {
      await told;
    } catch (thrown) {
      vault.seal();
      throw thrown;
    }
  }

  /** Unsealed, with the ring of the store. */
  async #newest(): Promise<Vault> {
    this.#unsealed();
    await this.#look();
    return this.#unsealed();
  }

  #unsealed(): Vault {
    if (this.#vault !== undefined && !this.#vault.isSealed) return this.#vault;
    throw faults.sealed();
  }

  /** @throws {Fault} `vault/unavailable/behind` where the envelope is under a root key that is newer than the ring */
  #vaultFor(envelope: string): Vault {
    const vault = this.#unsealed();
    const newest = vault.status.rootVersions.at(-1)?.number ?? 0;
    if ((rootVersionOf(envelope) ?? 0) > newest) throw faults.behind();
    return vault;
  }

  #tellListeners(): void {
    for (const listener of this.#listeners) listener();
  }
}
