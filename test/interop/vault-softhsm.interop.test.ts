import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createKeyRing,
  type Kek,
  KekConfig,
  openKek,
  Vault,
} from '../../src/secrets/vault/index.ts';
import { loadModule } from '../../src/secrets/vault/kek/pkcs11/module.ts';
import { codeOf, faultOf } from '../../src/secrets/vault/testing/faults.ts';
import { itIsAKek } from '../../src/secrets/vault/testing/kek-contract.ts';
import { debianPackages } from './support/debian.ts';
import { isMissing } from './support/tools.ts';

const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const peer = debianPackages(['softhsm2'], MODULE);
const folder = mkdtempSync(join(tmpdir(), 'reeve-softhsm-'));
const configuration = join(folder, 'softhsm2.conf');
const pin = randomBytes(4).toString('hex');
const pinFile = join(folder, 'pin');

/** Runs SoftHSM's own program on the tokens of this test. */
function softhsm(...words: string[]): void {
  const { status, stderr } = spawnSync('softhsm2-util', words, {
    encoding: 'utf8',
    env: { ...process.env, SOFTHSM2_CONF: configuration },
  });
  if (status !== 0) throw new Error(`softhsm2-util ${words[0]}: ${stderr}`);
}

function makeToken(token: string): void {
  softhsm('--init-token', '--free', '--label', token, '--pin', pin, '--so-pin', pin);
}

function makeKey(token: string, label: string, id: string): void {
  const file = join(folder, 'aes');
  // softhsm2-util takes a key for a text, and reads it up to a zero or the end of a line
  const key = randomBytes(32).map((byte) => (byte === 0 || byte === 10 ? 1 : byte));
  writeFileSync(file, key);
  softhsm('--import', file, '--aes', '--token', token, '--label', label, '--id', id, '--pin', pin);
  rmSync(file);
}

if (peer.path !== undefined) {
  mkdirSync(join(folder, 'tokens'));
  writeFileSync(configuration, `directories.tokendir = ${join(folder, 'tokens')}\n`);
  // the library reads it when it is loaded into this process
  process.env.SOFTHSM2_CONF = configuration;
  writeFileSync(pinFile, `${pin}\n`, { mode: 0o600 });
  for (const token of ['other', 'reeve', 'fragile']) makeToken(token);
  makeKey('reeve', 'vault', '01');
  makeKey('reeve', 'vault 2', '02');
  makeKey('reeve', 'twice', '03');
  makeKey('reeve', 'twice', '04');
  makeKey('fragile', 'vault', '01');
}

describe.skipIf(isMissing('SoftHSM', peer))('a real token that speaks PKCS#11', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function open(more: object = {}, environment: Record<string, string> = {}): Promise<Kek> {
    const config = KekConfig.parse({
      kind: 'pkcs11',
      module: MODULE,
      token: 'reeve',
      key: 'vault',
      pin: { file: pinFile },
      ...more,
    });
    const ports = { dataFolder: folder, environment, random: randomBytes, isNew: false };
    const kek = await openKek(config, ports);
    if (kek === undefined) throw new Error('no key');
    return kek;
  }

  let kek: Kek;
  beforeAll(async () => {
    kek = await open();
  });
  itIsAKek(() => kek);

  it('unseals a vault, after a change of the root key too', async () => {
    const ports = { random: randomBytes, clock: Date.now };
    let ring = await createKeyRing(await open(), { random: randomBytes, now: Date.now() });
    const vault = new Vault(ring, ports);
    await vault.unseal(await open());
    await vault.rotateRoot(async (changed) => {
      ring = changed;
    });
    const place = { secret: 'orders-db', version: 1 };
    const envelope = vault.encrypt(place, { password: 'generated' });
    vault.seal();
    const again = new Vault(ring, ports);
    expect(await codeOf(async () => again.unseal(await open({ key: 'vault 2' })))).toBe(
      'vault/kek-mismatch',
    );
    await again.unseal(await open());
    expect(again.decrypt(place, envelope)).toEqual({ password: 'generated' });
  });

  it('does several operations at a time', async () => {
    const keys = await Promise.all([open(), open(), open()]);
    const plain = randomBytes(32);
    const wrapped = await Promise.all(
      Array.from({ length: 60 }, (_, at) => keys[at % 3]!.wrap(plain, { at: `${at}` })),
    );
    const opened = await Promise.all(wrapped.map((one, at) => kek.unwrap(one, { at: `${at}` })));
    expect(opened.every((one) => one.equals(plain))).toBe(true);
  });

  it('is not opened by another key of the same token', async () => {
    const wrapped = await kek.wrap(randomBytes(32), {});
    const other = await open({ key: 'vault 2' });
    expect(await codeOf(() => other.unwrap(wrapped, {}))).toBe('vault/kek-refused');
  });

  it.each<[string, object, string, string]>([
    [
      'a token that is not there',
      { token: 'none' },
      'vault/kek-not-found',
      'No slot holds a token with the label `none`',
    ],
    [
      'a key that is not there',
      { key: 'none' },
      'vault/kek-not-found',
      'The token has no AES key with the label `none`',
    ],
    [
      'a key that is there twice',
      { key: 'twice' },
      'vault/kek-not-found',
      'The token has several AES keys with the label `twice`',
    ],
    [
      'no library',
      { module: '/nowhere.so' },
      'vault/kek-not-found',
      '`/nowhere.so` cannot be loaded as a library that speaks PKCS#11',
    ],
    [
      'another library',
      { module: '/usr/lib/x86_64-linux-gnu/libc.so.6' },
      'vault/kek-not-found',
      'cannot be loaded as a library that speaks PKCS#11',
    ],
    [
      'no PIN',
      { pin: { variable: 'NONE' } },
      'vault/kek-not-found',
      'The environment variable `NONE` is not set',
    ],
  ])('tells %s', async (_, more, code, message) => {
    const fault = await faultOf(async () => (await open(more)).wrap(randomBytes(32), {}));
    expect(fault?.code).toBe(code);
    expect(fault?.message).toContain(message);
  });

  it('tells a wrong PIN without showing it, and does not try it again by itself', async () => {
    const environment = { PIN: 'wrong-pin' };
    const fragile = await open({ token: 'fragile', pin: { variable: 'PIN' } }, environment);
    const first = await faultOf(() => fragile.wrap(randomBytes(32), {}));
    expect(first?.code).toBe('vault/kek-denied/wrong-pin');
    const second = await faultOf(() => fragile.wrap(randomBytes(32), {}));
    expect(second?.message).toContain('the PIN is the one that the token refused');
    expect(`${first?.message}${first?.hint}${second?.message}`).not.toContain('wrong-pin');
    environment.PIN = pin;
    expect(await fragile.wrap(randomBytes(32), {})).toBeTruthy();
  });

  it('is waited for no longer than it may take, and does then what it is asked next', async () => {
    const module = await loadModule(MODULE);
    const held = Promise.withResolvers<void>();
    const busy = module.exclusively(() => held.promise);
    const impatient = await open({ timeoutSeconds: 1 });
    const fault = await faultOf(() => impatient.wrap(randomBytes(32), {}));
    expect(fault?.code).toBe('vault/kek-unavailable');
    expect(fault?.message).toBe('pkcs11:reeve/vault gives no answer within 1 s');
    held.resolve();
    await busy;
    expect(await impatient.wrap(randomBytes(32), {})).toBeTruthy();
  });

  it('leaves no session behind, and so no login that another would find', async () => {
    const environment = { PIN: 'wrong-pin' };
    await kek.wrap(randomBytes(32), {});
    const missing = await open({ key: 'none' });
    expect(await codeOf(() => missing.wrap(randomBytes(32), {}))).toBe('vault/kek-not-found');
    const stranger = await open({ pin: { variable: 'PIN' } }, environment);
    expect(await codeOf(() => stranger.wrap(randomBytes(32), {}))).toBe(
      'vault/kek-denied/wrong-pin',
    );
  });
});
