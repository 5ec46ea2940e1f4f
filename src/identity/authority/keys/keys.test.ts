import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { AuthorityConfig } from '../config.ts';
import { KeyRing, MASTER_KEY_FILE, makeKey, openKey, openKeyRing, sealKey } from './index.ts';

const thing = { id: 'k1', purpose: 'x509' };
const master = randomBytes(32);
const ring = new KeyRing([master]);
const secret = randomBytes(48);
const folder = mkdtempSync(join(tmpdir(), 'reeve-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The code of the fault that is thrown. */
function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown.code;
    throw thrown;
  }
  return 'none';
}

describe('a sealed secret', () => {
  it('opens again, looks different each time, and shows nothing of what it is', () => {
    const sealed = ring.seal(thing, secret);
    expect(ring.open(thing, sealed)).toEqual(secret);
    expect(ring.seal(thing, secret)).not.toBe(sealed);
    expect(sealed).toMatch(/^reeve-sealed\.v1:[0-9a-f]{16}:[\w-]{16}:[\w-]+$/);
    expect(sealed).not.toContain(secret.toString('base64url'));
    expect(sealed).not.toContain(master.toString('hex').slice(0, 16));
  });

  it.each([
    ['another id', { ...thing, id: 'k2' }],
    ['another purpose', { ...thing, purpose: 'jwt' }],
    ['what reads alike', { id: '1', purpose: 'x509k' }],
  ])('does not open as %s', (_, other) => {
    expect(codeOf(() => ring.open(other, ring.seal(thing, secret)))).toBe('identity/seal-broken');
  });

  it('does not open with any bit of it changed', () => {
    const sealed = ring.seal(thing, secret);
    const [format, keyId, nonce = '', body = ''] = sealed.split(':');
    for (const [at, part] of [nonce, body].entries()) {
      const bytes = Buffer.from(part, 'base64url');
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const text = changed.toString('base64url');
        const whole = [format, keyId, at === 0 ? text : nonce, at === 1 ? text : body].join(':');
        expect(codeOf(() => ring.open(thing, whole))).toBe('identity/seal-broken');
      }
    }
  });

  it('names the key that it needs, and a ring with that key as a later one opens it', () => {
    const sealed = ring.seal(thing, secret);
    const other = new KeyRing([randomBytes(32)]);
    expect(() => other.open(thing, sealed)).toThrow(
      expect.objectContaining({
        code: 'identity/seal-key-not-found',
        message: `The x509 key \`k1\` is encrypted with the key \`${ring.keyIds[0]}\`, and the keys at hand are ${other.keyIds[0]}`,
      }),
    );
    const both = new KeyRing([randomBytes(32), master]);
    expect(both.open(thing, sealed)).toEqual(secret);
    expect(both.isCurrent(sealed)).toBe(false);
    expect(both.isCurrent(both.seal(thing, secret))).toBe(true);
  });

  it('of any text is a Fault that quotes none of it at length', () => {
    const sealed = ring.seal(thing, secret);
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.nat(sealed.length).map((end) => sealed.slice(0, end)),
      fc.string().map((more) => `${sealed}${more || 'A'}`),
      fc.string().map((more) => sealed.replace('v1', `v1${more || '2'}`)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        if (text === sealed) return;
        expect(codeOf(() => ring.open(thing, text))).toMatch(/^identity\/seal-/);
      }),
    );
  });

  it('is not larger than a key is', () => {
    expect(codeOf(() => ring.seal(thing, Buffer.alloc(16_385)))).toBe('identity/secret-too-large');
  });
});

describe('the keys that encrypt', () => {
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it('are made in the data folder, for its owner only, where none is named', () => {
    const first = openKeyRing(undefined, folder, {});
    expect(statSync(join(folder, MASTER_KEY_FILE)).mode & 0o777).toBe(0o600);
    expect(openKeyRing(undefined, folder, {}).keyIds).toEqual(first.keyIds);
    expect(readFileSync(join(folder, MASTER_KEY_FILE), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });

  it('are the same in hexadecimal and in base64, in a file and in a variable', () => {
    const references = [
      { file: file('hex', `${master.toString('hex').toUpperCase()}\n`) },
      { file: file('base64', master.toString('base64')) },
      { file: file('base64url', master.toString('base64url')) },
      { variable: 'IDENTITY_KEY' },
    ];
    const { keyIds } = openKeyRing(references, folder, { IDENTITY_KEY: master.toString('hex') });
    expect(new Set(keyIds)).toEqual(new Set(ring.keyIds));
  });

  it.each([
    ['a file that is missing', { file: join(folder, 'none') }, 'identity/master-key-not-found'],
    ['a variable that is not set', { variable: 'NONE' }, 'identity/master-key-not-found'],
    ['an empty variable', { variable: 'EMPTY' }, 'identity/master-key-malformed'],
    ['31 bytes', { variable: 'SHORT' }, 'identity/master-key-malformed'],
    ['a passphrase', { variable: 'WORDS' }, 'identity/master-key-malformed'],
  ])('are not %s, and what they are is not told', (_, reference, code) => {
    const words = `words ${randomBytes(16).toString('hex')}`;
    const environment = { EMPTY: '', SHORT: randomBytes(31).toString('hex'), WORDS: words };
    const open = () => openKeyRing([reference], folder, environment);
    expect(codeOf(open)).toBe(code);
    expect(open).not.toThrow(words);
  });

  it('show themselves to nobody', () => {
    const shown = `${inspect(ring, { depth: 9, showHidden: true })}${JSON.stringify(ring)}${ring}`;
    expect(shown).not.toContain(master.toString('hex').slice(0, 8));
  });
});

describe('the private key of an authority', () => {
  const config = AuthorityConfig.parse({});

  it.each([
    ['x509', 'P-256', { x509: { keyType: 'P-256' } }],
    ['x509', 'P-384', { x509: { keyType: 'P-384' } }],
    ['jwt', 'P-256', { jwt: { algorithm: 'ES256' } }],
    ['jwt', 'P-384', { jwt: { algorithm: 'ES384' } }],
    ['jwt', 'RSA', { jwt: { algorithm: 'RS256' } }],
  ] as const)('%s of %s is kept and read again', async (kind, type, changed) => {
    const { privateKey, publicKey } = await makeKey(kind, AuthorityConfig.parse(changed));
    const authority = { id: 'a', kind, publicKey: publicKey.toString('base64') };
    const opened = openKey(ring, authority, sealKey(ring, authority, privateKey));
    expect(opened.equals(privateKey)).toBe(true);
    const { crv, kty } = privateKey.export({ format: 'jwk' });
    expect(crv ?? kty).toBe(type);
  });

  it('is not that of another authority', async () => {
    const [one, two] = await Promise.all([makeKey('jwt', config), makeKey('jwt', config)]);
    const authority = {
      id: 'a',
      kind: 'jwt',
      publicKey: one.publicKey.toString('base64'),
    } as const;
    const sealed = sealKey(ring, authority, two.privateKey);
    expect(codeOf(() => openKey(ring, authority, sealed))).toBe('identity/authority-damaged');
  });
});
