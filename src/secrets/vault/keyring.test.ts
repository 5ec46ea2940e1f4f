import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { LocalKek } from './kek/local.ts';
import {
  changeKek,
  createKeyRing,
  type Opened,
  openKeyRing,
  retireRoot,
  rotateRoot,
} from './keyring.ts';
import { type KeyRing, MAX_ROOT_VERSIONS, parseKeyRing } from './ring.ts';
import { codeOf, faultOf } from './testing/faults.ts';
import { newKek, SwitchedKek } from './testing/keks.ts';

const ports = { random: randomBytes, now: Date.parse('2026-06-01T00:00:00Z') };
const secret = randomBytes(32);
const kek = new LocalKek(Buffer.from(secret), randomBytes);
const NONE = new Set<number>();

async function made(rotations = 0): Promise<Opened> {
  let opened = await openKeyRing(await createKeyRing(kek, ports), kek);
  for (let at = 0; at < rotations; at++) opened = await rotateRoot(opened, kek, ports);
  return opened;
}
const keysOf = ({ ring, keys }: Opened) =>
  ring.versions.map(({ number }) => keys.keyOf(number)?.toString('hex'));
const numbersOf = ({ versions }: KeyRing) => versions.map(({ number }) => number);

describe('a key ring', () => {
  it('is plain data that opens to the keys it was made with', async () => {
    const opened = await made(2);
    const again = await openKeyRing(parseKeyRing(JSON.parse(JSON.stringify(opened.ring))), kek);
    expect(keysOf(again)).toEqual(keysOf(opened));
    expect(new Set(keysOf(again)).size).toBe(3);
    expect(again.keys.newest).toBe(3);
    expect(opened.ring).toMatchObject({
      format: 'reeve-keyring.v1',
      revision: 3,
      kek: kek.id,
      versions: [1, 2, 3].map((number) => ({ number, createdAt: '2026-06-01T00:00:00.000Z' })),
    });
  });

  it('holds no key in the open', async () => {
    const opened = await made(1);
    const text = JSON.stringify(opened.ring);
    for (const key of [...keysOf(opened), secret.toString('hex')]) {
      expect(text).not.toContain(key);
      expect(text).not.toContain(
        Buffer.from(key ?? '', 'hex')
          .toString('base64url')
          .slice(0, 20),
      );
    }
  });

  it('keeps older keys through a rotation, and the others through the end of one', async () => {
    const before = await made(1);
    const rotated = await rotateRoot(before, kek, ports);
    expect(keysOf(rotated).slice(0, 2)).toEqual(keysOf(before));
    const retired = await retireRoot(rotated, kek, 2, NONE);
    expect(numbersOf(retired.ring)).toEqual([1, 3]);
    expect(keysOf(retired)).toEqual([keysOf(rotated)[0], keysOf(rotated)[2]]);
    const next = await rotateRoot(retired, kek, ports);
    expect(numbersOf(next.ring)).toEqual([1, 3, 4]);
    expect(keysOf(await openKeyRing(next.ring, kek))).toEqual(keysOf(next));
  });

  it.each<[string, number, ReadonlySet<number>, string, string]>([
    [
      'the newest',
      2,
      NONE,
      'vault/conflict/root-key-in-use',
      'Version 2 of the root key cannot be retired: it is the newest',
    ],
    [
      'one in use',
      1,
      new Set([1]),
      'vault/conflict/root-key-in-use',
      'Version 1 of the root key cannot be retired: envelopes need it',
    ],
    [
      'one that is not there',
      9,
      NONE,
      'vault/not-found',
      'The vault has no version 9 of its root key',
    ],
  ])('does not retire %s', async (_, number, inUse, code, message) => {
    const opened = await made(1);
    const fault = await faultOf(() => retireRoot(opened, kek, number, inUse));
    expect([fault?.code, fault?.message]).toEqual([code, message]);
  });

  it('goes over to another key-encryption key, with the same root keys', async () => {
    const opened = await made(1);
    const other = newKek();
    const changed = await changeKek(opened, other);
    expect(keysOf(await openKeyRing(changed.ring, other))).toEqual(keysOf(opened));
    expect(await codeOf(() => openKeyRing(changed.ring, kek))).toBe('vault/kek-mismatch');
  });

  it('has an end to its growth', async () => {
    const full = await made(MAX_ROOT_VERSIONS - 1);
    expect(full.ring.wrapped.length).toBeLessThan(4_096);
    expect(await codeOf(() => rotateRoot(full, kek, ports))).toBe(
      'vault/conflict/too-many-root-keys',
    );
  });
});

describe('the wrong key', () => {
  it('is told at once, with the one that is needed', async () => {
    const { ring } = await made();
    const other = new SwitchedKek();
    let asked = 0;
    other.before = async () => void asked++;
    const fault = await faultOf(() => openKeyRing(ring, other));
    expect(fault?.code).toBe('vault/kek-mismatch');
    expect(fault?.message).toBe(
      `This is not the key that the vault was sealed with: that is \`${kek.id}\`, and this is \`${other.id}\``,
    );
    expect(asked).toBe(0);
  });

  it('of the same name is told, too', async () => {
    const { ring } = await made();
    const namesake = new LocalKek(randomBytes(32), randomBytes, kek.id);
    expect(await codeOf(() => openKeyRing(ring, namesake))).toBe('vault/ring-damaged');
  });

  it('does not wrap what it cannot open again', async () => {
    const only = new SwitchedKek();
    only.before = async (operation) => {
      if (operation === 'unwrap') throw new Fault('vault/kek-denied', 'may encrypt only');
    };
    expect(await codeOf(() => createKeyRing(only, ports))).toBe('vault/kek-denied');
  });
});

describe('an edited ring', () => {
  it.each<[string, (ring: KeyRing, older: KeyRing) => object]>([
    ['without its newest key', (ring) => ({ versions: ring.versions.slice(0, -1) })],
    ['without its oldest key', (ring) => ({ versions: ring.versions.slice(1) })],
    [
      'with a key more',
      (ring) => ({ versions: [...ring.versions, { ...ring.versions[0], number: 9 }] }),
    ],
    [
      'with another number',
      (ring) => ({ versions: ring.versions.with(1, { ...ring.versions[1]!, number: 3 }) }),
    ],
    [
      'with another time',
      (ring) => ({
        versions: ring.versions.with(1, { number: 2, createdAt: '2020-01-01T00:00:00Z' }),
      }),
    ],
    ['with another id', () => ({ id: '0'.repeat(32) })],
    ['with another revision', () => ({ revision: 7 })],
    ['with keys of an older one', (_, older) => ({ wrapped: older.wrapped })],
    ['with its keys cut', (ring) => ({ wrapped: ring.wrapped.slice(0, -4) })],
  ])('%s does not open', async (_, edit) => {
    const older = await made();
    const { ring } = await rotateRoot(older, kek, ports);
    await openKeyRing(ring, kek);
    const edited = parseKeyRing({ ...ring, ...edit(ring, older.ring) });
    const fault = await faultOf(() => openKeyRing(edited, kek));
    expect(fault?.code).toBe('vault/ring-damaged');
    expect(fault?.message).toContain('it was edited or cut');
  });

  it('with any character of it changed does not open, and is never another error', async () => {
    const text = JSON.stringify((await made(1)).ring);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length - 1),
        fc.integer({ min: 32, max: 126 }),
        async (at, character) => {
          const changed = text.slice(0, at) + String.fromCharCode(character) + text.slice(at + 1);
          fc.pre(changed !== text);
          const document = parsed(changed);
          fc.pre(document !== undefined);
          expect(await codeOf(() => openKeyRing(parseKeyRing(document), kek))).toMatch(
            /^vault\/(ring-malformed|ring-damaged|kek-mismatch)$/,
          );
        },
      ),
    );
  });

  it('of anything at all is a Fault', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything({ withNullPrototype: true }), async (document) => {
        expect(await codeOf(() => parseKeyRing(document))).toBe('vault/ring-malformed');
      }),
    );
  });
});

describe('keys in memory', () => {
  it('are gone once they are wiped', async () => {
    const { keys } = await made(1);
    const held = [1, 2].map((number) => keys.keyOf(number));
    keys.wipe();
    expect(held).toEqual([Buffer.alloc(32), Buffer.alloc(32)]);
    expect(keys.keyOf(1)).toBeUndefined();
  });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
