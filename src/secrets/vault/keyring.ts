import { timingSafeEqual } from 'node:crypto';
import { Fault } from '../../base/fault.ts';
import { KEY_BYTES, type Random } from './aead.ts';
import type { RootKeys } from './envelope.ts';
import type { Kek } from './kek/kek.ts';
import {
  contextOf,
  damaged,
  FORMAT,
  type KeyRing,
  MAX_ROOT_VERSIONS,
  parseKeyRing,
  wrongKek,
} from './ring.ts';

/** A ring as it is kept, and its keys. */
export interface Opened {
  readonly ring: KeyRing;
  readonly keys: OpenKeys;
}

/** What a change of a ring needs. */
export interface RingPorts {
  readonly random: Random;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Root keys in memory, until they are wiped. */
export class OpenKeys implements RootKeys {
  readonly newest: number;
  readonly #keys: Map<number, Buffer>;

  constructor(keys: ReadonlyMap<number, Buffer>) {
    this.#keys = new Map(keys);
    this.newest = Math.max(...keys.keys());
  }

  keyOf(version: number): Buffer | undefined {
    return this.#keys.get(version);
  }

  /** Overwrites every key. None is there afterwards. */
  wipe(): void {
    for (const key of this.#keys.values()) key.fill(0);
    this.#keys.clear();
  }
}

/** The ring of a new vault, with one root key.
 *  @throws {Fault} from the key-encryption key; `vault/kek-refused` where it cannot open what it wrapped */
export async function createKeyRing(kek: Kek, { random, now }: RingPorts): Promise<KeyRing> {
  const key = random(KEY_BYTES);
  const draft = {
    format: FORMAT,
    id: random(16).toString('hex'),
    revision: 1,
    kek: kek.id,
    versions: [{ number: 1, createdAt: new Date(now).toISOString() }],
  } as const;
  try {
    const { ring, keys } = await wrapRing({ ...draft, versions: [...draft.versions] }, [key], kek);
    keys.wipe();
    return ring;
  } finally {
    key.fill(0);
  }
}

/** The keys of a ring.
 *  @throws {Fault} `vault/kek-mismatch` where it is another key, before that is asked; `vault/ring-damaged`; from the
 *  key-encryption key */
export async function openKeyRing(ring: KeyRing, kek: Kek): Promise<Opened> {
  if (kek.id !== ring.kek) throw wrongKek(ring, kek.id);
  let plain: Buffer;
  try {
    plain = await kek.unwrap(ring.wrapped, contextOf(ring));
  } catch (thrown) {
    throw thrown instanceof Fault && thrown.code === 'vault/kek-refused' ? damaged(ring) : thrown;
  }
  try {
    if (plain.length !== ring.versions.length * KEY_BYTES) throw damaged(ring);
    return { ring, keys: keysFrom(ring, plain) };
  } finally {
    plain.fill(0);
  }
}

/** Adds a root key, which wraps from now on.
 *  @throws {Fault} `vault/conflict/too-many-root-keys`; from the key-encryption key */
export async function rotateRoot(
  opened: Opened,
  kek: Kek,
  { random, now }: RingPorts,
): Promise<Opened> {
  const { ring, keys } = opened;
  if (ring.versions.length >= MAX_ROOT_VERSIONS) {
    throw new Fault(
      'vault/conflict/too-many-root-keys',
      `The vault's key ring has ${MAX_ROOT_VERSIONS} root keys, and may have no more`,
      { hint: 'rewrap what older ones wrapped, and retire them' },
    );
  }
  const added = random(KEY_BYTES);
  const version = { number: keys.newest + 1, createdAt: new Date(now).toISOString() };
  const versions = [...ring.versions, version];
  try {
    return await wrapRing({ ...next(ring), versions }, [...rootKeysOf(opened), added], kek);
  } finally {
    added.fill(0);
  }
}

/** Takes a root key away for good.
 *  @param inUse versions that envelopes still need
 *  @throws {Fault} `vault/conflict/root-key-in-use`, `vault/not-found`; from the key-encryption key */
export async function retireRoot(
  opened: Opened,
  kek: Kek,
  number: number,
  inUse: ReadonlySet<number>,
): Promise<Opened> {
  const { ring, keys } = opened;
  if (keys.keyOf(number) === undefined) {
    throw new Fault('vault/not-found', `The vault has no version ${number} of its root key`);
  }
  if (number === keys.newest || inUse.has(number)) {
    const why = number === keys.newest ? 'it is the newest' : 'envelopes need it';
    throw new Fault(
      'vault/conflict/root-key-in-use',
      `Version ${number} of the root key cannot be retired: ${why}`,
      { hint: 'rotate the root key, and rewrap every envelope first' },
    );
  }
  const versions = ring.versions.filter((version) => version.number !== number);
  const left = rootKeysOf({ ring: { ...ring, versions }, keys });
  return wrapRing({ ...next(ring), versions }, left, kek);
}

/** The same root keys under another key-encryption key. Envelopes stay as they are.
 *  @throws {Fault} from the new key-encryption key */
export const changeKek = (opened: Opened, kek: Kek): Promise<Opened> =>
  wrapRing({ ...next(opened.ring), kek: kek.id }, rootKeysOf(opened), kek);

type Draft = Omit<KeyRing, 'wrapped'>;

const next = ({ wrapped: _, ...ring }: KeyRing): Draft => ({
  ...ring,
  revision: ring.revision + 1,
});

/** In the order of their versions. */
const rootKeysOf = ({ ring, keys }: Opened): Buffer[] =>
  ring.versions.flatMap(({ number }) => keys.keyOf(number) ?? []);

/** What was wrapped is opened again before it counts: a key that may encrypt and not decrypt would lock the vault. */
async function wrapRing(draft: Draft, keys: readonly Buffer[], kek: Kek): Promise<Opened> {
  const plain = Buffer.alloc(keys.length * KEY_BYTES);
  for (const [at, key] of keys.entries()) key.copy(plain, at * KEY_BYTES);
  try {
    const context = contextOf(draft);
    const wrapped = await kek.wrap(plain, context);
    const again = await kek.unwrap(wrapped, context);
    const isSame = again.length === plain.length && timingSafeEqual(again, plain);
    again.fill(0);
    if (!isSame) throw new Fault('vault/kek-refused', `${kek.id} opens other than it wrapped`);
    const ring = parseKeyRing({ ...draft, wrapped });
    return { ring, keys: keysFrom(ring, plain) };
  } finally {
    plain.fill(0);
  }
}

function keysFrom({ versions }: KeyRing, plain: Buffer): OpenKeys {
  const keys = versions.map(({ number }, at) => {
    const key = Buffer.alloc(KEY_BYTES);
    plain.copy(key, 0, at * KEY_BYTES);
    return [number, key] as const;
  });
  return new OpenKeys(new Map(keys));
}
