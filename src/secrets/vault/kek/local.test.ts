import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { KekConfig } from '../config.ts';
import { codeOf, faultOf } from '../testing/faults.ts';
import { itIsAKek } from '../testing/kek-contract.ts';
import { LocalKek, parseKeyText } from './local.ts';
import { KEK_FILE, openKek } from './open.ts';
import { readPrivateFile } from './reference.ts';

const folder = mkdtempSync(join(tmpdir(), 'reeve-kek-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const secret = randomBytes(32);
const id = new LocalKek(Buffer.from(secret), randomBytes).id;
const open = (
  config: object,
  more: { isNew?: boolean; environment?: Record<string, string>; dataFolder?: string } = {},
) =>
  openKek(KekConfig.parse(config), {
    dataFolder: folder,
    environment: {},
    random: randomBytes,
    isNew: false,
    ...more,
  });
function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode });
  chmodSync(path, mode);
  return path;
}

describe('a key in this process', () => {
  itIsAKek(() => new LocalKek(Buffer.from(secret), randomBytes));

  it('opens nothing that it did not wrap, whatever that is', async () => {
    const kek = new LocalKek(randomBytes(32), randomBytes);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await codeOf(() => kek.unwrap(text, {}))).toBe('vault/kek-refused');
      }),
    );
  });

  it('is named by a fingerprint, which differs from key to key', () => {
    expect(id).toMatch(/^aes-256:[0-9a-f]{16}$/);
    expect(secret.toString('hex')).not.toContain(id.slice('aes-256:'.length));
    expect(new LocalKek(randomBytes(32), randomBytes).id).not.toBe(id);
  });
});

describe('a key in a file or a variable', () => {
  it.each(['hex', 'base64', 'base64url'] as const)('is read in %s', async (encoding) => {
    const text = secret.toString(encoding);
    expect((await open({ kind: 'file', file: file(encoding, `${text}\n`) }))?.id).toBe(id);
    expect(
      (await open({ kind: 'variable', variable: 'KEY' }, { environment: { KEY: text } }))?.id,
    ).toBe(id);
  });

  it('is made for a new vault, for its owner only, and found again', async () => {
    const dataFolder = join(folder, 'new');
    mkdirSync(dataFolder);
    expect(await codeOf(() => open({ kind: 'file' }, { dataFolder }))).toBe('vault/kek-not-found');
    expect(existsSync(join(dataFolder, KEK_FILE))).toBe(false);
    const made = await open({ kind: 'file' }, { dataFolder, isNew: true });
    expect(statSync(join(dataFolder, KEK_FILE)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dataFolder, KEK_FILE), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect((await open({ kind: 'file' }, { dataFolder }))?.id).toBe(made?.id);
    expect((await open({ kind: 'file' }, { dataFolder, isNew: true }))?.id).toBe(made?.id);
  });

  it('is not made where it cannot be', async () => {
    const missing = join(folder, 'nowhere', 'key');
    expect(await codeOf(() => open({ kind: 'file', file: missing }, { isNew: true }))).toBe(
      'vault/kek-unavailable',
    );
  });

  it.each([0o640, 0o604, 0o620, 0o602, 0o610])('of mode %o is refused', async (mode) => {
    const path = file(`mode-${mode}`, secret.toString('hex'), mode);
    const fault = await faultOf(() => open({ kind: 'file', file: path }));
    expect(fault?.code).toBe('vault/kek-exposed');
    expect(fault?.message).toContain(`has the mode 0${mode.toString(8)}`);
    expect(statSync(path).mode & 0o777).toBe(mode);
  });

  it.each([
    [0o440, 'none'],
    [0o640, 'none'],
    [0o660, 'vault/kek-exposed'],
    [0o444, 'vault/kek-exposed'],
  ])('that somebody else put there is read with the mode %o: %s', async (mode, code) => {
    const path = file(`mounted-${mode}`, 'a key', mode);
    const somebodyElse = statSync(path).uid + 1;
    expect(await codeOf(() => readPrivateFile(path, somebodyElse))).toBe(code);
  });

  it.each([
    ['31 bytes', randomBytes(31).toString('hex')],
    ['33 bytes', randomBytes(33).toString('base64')],
    ['words', `words ${randomBytes(16).toString('hex')}`],
    ['too much', 'a'.repeat(20_000)],
  ])('is not %s, and what it is is not told', async (name, text) => {
    const fault = await faultOf(() => open({ kind: 'file', file: file(name, text) }));
    expect(fault?.code).toBe('vault/kek-malformed');
    expect(`${fault?.message}${fault?.hint}`).not.toContain(text.slice(0, 12));
    const environment = { KEY: text };
    const other = await faultOf(() => open({ kind: 'variable', variable: 'KEY' }, { environment }));
    expect(other?.code).toBe('vault/kek-malformed');
    expect(`${other?.message}${other?.hint}`).not.toContain(text.slice(0, 12));
  });

  it('is no folder, and must be there', async () => {
    expect(await codeOf(() => open({ kind: 'file', file: folder }))).toBe('vault/kek-malformed');
    expect(await codeOf(() => open({ kind: 'variable' }))).toBe('vault/kek-not-found');
    expect(
      await codeOf(() => open({ kind: 'variable' }, { environment: { REEVE_VAULT_KEY: ' ' } })),
    ).toBe('vault/kek-not-found');
  });

  it('of any text is a key of 32 bytes or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect([undefined, 32]).toContain(parseKeyText(text)?.length);
      }),
    );
  });
});

describe('a key in shares', () => {
  it('is brought by people', async () => {
    expect(await open({ kind: 'shamir' })).toBeUndefined();
  });
});
