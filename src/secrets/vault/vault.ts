import { Fault } from '../../base/fault.ts';
import type { SecretValue } from '../model/index.ts';
import type { Random } from './aead.ts';
import { openValue, type Place, rewrapEnvelope, rootVersionOf, sealValue } from './envelope.ts';
import type { Kek } from './kek/kek.ts';
import { ShareGathering, type ShareProgress, setOfId } from './kek/shamir/index.ts';
import {
  changeKek,
  type Opened,
  openKeyRing,
  type RingPorts,
  retireRoot,
  rotateRoot,
} from './keyring.ts';
import type { KeyRing } from './ring.ts';
import { Turns } from './turns.ts';

export interface VaultPorts {
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

/** Keeps a changed ring durably. The vault goes by it only once this has resolved, and never where it rejects. */
export type KeepRing = (ring: KeyRing) => Promise<void>;

export interface VaultStatus {
  readonly isSealed: boolean;
  /** The id of the key-encryption key. */
  readonly kek: string;
  /** Where it is in shares: how many have been given, of how many. */
  readonly shares: ShareProgress | undefined;
  /** Versions of the root key, oldest first. The last one wraps. */
  readonly rootVersions: readonly { readonly number: number; readonly createdAt: string }[];
}

interface Unsealed extends Opened {
  readonly kek: Kek;
}

/** Encrypts and decrypts values, each at its place, while it is unsealed. Holds root keys and the key-encryption key
 *  until `seal`, and a value no longer than a call. */
export class Vault {
  readonly #ports: VaultPorts;
  #ring: KeyRing;
  #unsealed: Unsealed | undefined;
  #gathering: ShareGathering | undefined;
  /** Grows with each sealing: what was begun before it does not unseal again. */
  #sealings = 0;
  /** One change of state after the other. */
  readonly #turns = new Turns();

  /** A sealed vault.
   *  @param ring as `createKeyRing` or `parseKeyRing` gives it */
  constructor(ring: KeyRing, ports: VaultPorts) {
    this.#ring = ring;
    this.#ports = ports;
  }

  get isSealed(): boolean {
    return this.#unsealed === undefined;
  }

  get status(): VaultStatus {
    const set = setOfId(this.#ring.kek);
    const given = this.#gathering?.progress.given ?? 0;
    return {
      isSealed: this.isSealed,
      kek: this.#ring.kek,
      shares: set && { given, needed: set.threshold },
      rootVersions: this.#ring.versions,
    };
  }

  /** Unseals with a key that needs nobody. Takes the key over: it is closed when the vault is sealed, and at once where it
   *  does not unseal. Does nothing more where the vault is unsealed already.
   *  @throws {Fault} `vault/kek-mismatch`, `vault/ring-damaged`; from the key: see `Kek` */
  unseal(kek: Kek): Promise<void> {
    const began = this.#sealings;
    return this.#turns.take(async () => {
      try {
        if (this.#unsealed === undefined) await this.#open(kek, began);
      } finally {
        this.#closeUnused(kek);
      }
    });
  }

  /** Takes one share of the key. With the last one that is needed, the vault is unsealed.
   *  @throws {Fault} `vault/share-malformed`, `vault/share-conflict`, `vault/share-invalid`: see `ShareGathering`;
   *  `vault/conflict/unsealed`; `vault/invalid` where the key is in no shares; `vault/ring-damaged` */
  giveShare(text: string): Promise<ShareProgress> {
    const began = this.#sealings;
    return this.#turns.take(async () => {
      this.#judgeSealings(began);
      const set = setOfId(this.#ring.kek);
      if (set === undefined) {
        throw new Fault('vault/invalid', `The key of this vault, ${this.#ring.kek}, has no shares`);
      }
      if (this.#unsealed !== undefined) {
        throw new Fault('vault/conflict/unsealed', 'The vault is unsealed already');
      }
      this.#gathering ??= new ShareGathering(set, this.#ports.random);
      const kek = await this.#gathering.add(text);
      if (kek === undefined)
        return this.#gathering?.progress ?? { given: 0, needed: set.threshold };
      try {
        await this.#open(kek, began);
      } finally {
        this.#closeUnused(kek);
      }
      return { given: set.threshold, needed: set.threshold };
    });
  }

  /** Forgets the shares that were given. */
  resetShares(): void {
    this.#gathering?.reset();
    this.#gathering = undefined;
  }

  /** Wipes every key, at once. What is under way fails. */
  seal(): void {
    this.#sealings++;
    this.resetShares();
    this.#unsealed?.keys.wipe();
    this.#unsealed?.kek.close();
    this.#unsealed = undefined;
  }

  /** Puts a value into an envelope.
   *  @throws {Fault} `vault/unavailable/sealed`, `vault/value-too-large`, `vault/value-malformed` */
  encrypt(place: Place, value: SecretValue): string {
    return sealValue(this.#current().keys, place, value, this.#ports.random);
  }

  /** The value of an envelope.
   *  @throws {Fault} `vault/unavailable/sealed`, `vault/envelope-refused` */
  decrypt(place: Place, envelope: string): SecretValue {
    return openValue(this.#current().keys, place, envelope);
  }

  /** The envelope under the newest root key. Its value stays as it is, and encrypted.
   *  @throws {Fault} `vault/unavailable/sealed`, `vault/envelope-refused` */
  rewrap(place: Place, envelope: string): string {
    return rewrapEnvelope(this.#current().keys, place, envelope, this.#ports.random);
  }

  /** Whether an envelope is under the newest root key, so that `rewrap` has nothing to do. */
  isNewest(envelope: string): boolean {
    return rootVersionOf(envelope) === this.#ring.versions.at(-1)?.number;
  }

  /** Adds a version of the root key, which wraps from now on. Envelopes of older ones go on opening.
   *  @throws {Fault} `vault/unavailable/sealed`, `vault/conflict/too-many-root-keys`; from the key, and from `keep` */
  rotateRoot(keep: KeepRing): Promise<void> {
    return this.#change(keep, (now) => rotateRoot(now, now.kek, this.#ringPorts()));
  }

  /** Takes a version of the root key away for good.
   *  @param inUse the versions that envelopes need, as `rootVersionOf` says it of each
   *  @throws {Fault} `vault/conflict/root-key-in-use`, `vault/not-found`, `vault/unavailable/sealed` */
  retireRoot(number: number, inUse: ReadonlySet<number>, keep: KeepRing): Promise<void> {
    return this.#change(keep, (now) => retireRoot(now, now.kek, number, inUse));
  }

  /** Puts the ring under another key-encryption key, which the vault takes over as `unseal` does.
   *  @throws {Fault} `vault/unavailable/sealed`; from the new key, and from `keep` */
  async changeKek(kek: Kek, keep: KeepRing): Promise<void> {
    try {
      await this.#change(keep, (now) => changeKek(now, kek), kek);
    } finally {
      this.#closeUnused(kek);
    }
  }

  /** Goes on by a ring that another process has changed. Sealed, it is taken as it is; unsealed, it is opened first.
   *  @throws {Fault} `vault/conflict/older-ring`, `vault/conflict/another-vault`; `vault/kek-mismatch` where the key was
   *  changed, too: seal, and unseal with the new one; `vault/ring-damaged`; from the key */
  reload(ring: KeyRing): Promise<void> {
    const began = this.#sealings;
    return this.#turns.take(async () => {
      judgeSuccessor(this.#ring, ring);
      const before = this.#unsealed;
      if (before === undefined) {
        this.#ring = ring;
        this.resetShares();
        return;
      }
      if (ring.revision > this.#ring.revision) await this.#open(before.kek, began, ring);
    });
  }

  #change(keep: KeepRing, change: (now: Unsealed) => Promise<Opened>, kek?: Kek): Promise<void> {
    const began = this.#sealings;
    return this.#turns.take(async () => {
      this.#judgeSealings(began);
      const before = this.#current();
      const changed = await change(before);
      try {
        this.#judgeSealings(began);
        await keep(changed.ring);
      } catch (thrown) {
        changed.keys.wipe();
        throw thrown;
      }
      // sealed meanwhile, it is this ring that is unsealed next
      this.#ring = changed.ring;
      if (began === this.#sealings) this.#goOn({ ...changed, kek: kek ?? before.kek });
      else changed.keys.wipe();
    });
  }

  async #open(kek: Kek, began: number, ring = this.#ring): Promise<void> {
    this.#judgeSealings(began);
    const opened = await openKeyRing(ring, kek);
    if (began !== this.#sealings) opened.keys.wipe();
    this.#judgeSealings(began);
    this.#goOn({ ...opened, kek });
  }

  #goOn(unsealed: Unsealed): void {
    const before = this.#unsealed;
    this.#ring = unsealed.ring;
    this.#unsealed = unsealed;
    before?.keys.wipe();
    if (before !== undefined) this.#closeUnused(before.kek);
  }

  #closeUnused(kek: Kek): void {
    if (this.#unsealed?.kek !== kek) kek.close();
  }

  #current(): Unsealed {
    if (this.#unsealed !== undefined) return this.#unsealed;
    throw sealed();
  }

  #judgeSealings(began: number): void {
    if (began !== this.#sealings) throw sealed();
  }

  #ringPorts(): RingPorts {
    return { random: this.#ports.random, now: this.#ports.clock() };
  }
}

function judgeSuccessor(before: KeyRing, after: KeyRing): void {
  if (after.id !== before.id) {
    throw new Fault('vault/conflict/another-vault', 'The key ring is that of another vault');
  }
  if (after.revision >= before.revision) return;
  throw new Fault(
    'vault/conflict/older-ring',
    `The key ring has revision ${after.revision}, and revision ${before.revision} was there before: it was put back`,
    { hint: 'what was sealed since does not open with it; bring the newer one back' },
  );
}

const sealed = () =>
  new Fault('vault/unavailable/sealed', 'The vault is sealed', {
    hint: 'unseal it with its key, or with enough shares of it',
  });
