import { createPrivateKey, createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ed25519Hash } from './ed25519.ts';
import { sha256Crypt } from './sha256-crypt.ts';

describe('the hash of the plugin ed25519', () => {
  it('is that of MariaDB’s documentation', () => {
    expect(ed25519Hash('secret')).toBe('ZIgUREUg5PVgQ6LskhXmO+eZLS0nC8be6HPjYWR4YJY');
  });

  it('is the public key of RFC 8032 where a password is as long as a seed', () => {
    const head = Buffer.from('302e020100300506032b657004220420', 'hex');
    const seeds = fc.uint8Array({ minLength: 32, maxLength: 32, max: 127 });
    fc.assert(
      fc.property(seeds, (seed) => {
        const der = Buffer.concat([head, seed]);
        const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
        const raw = Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
        expect(`${ed25519Hash(Buffer.from(seed).toString('latin1'))}=`).toBe(
          raw.toString('base64'),
        );
      }),
      { numRuns: 8 },
    );
  });
});

describe('the digest of caching_sha2_password', () => {
  // as `openssl passwd -5 -salt SALT PASSWORD` gives them
  it.each([
    ['Hello world!', 'saltstring', '5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'],
    ['a', 'x', '85aGabM7xSEYcp0wkefjwtqWAYi1Rrq3b01Gtllmmh7'],
    ['p'.repeat(70), '0123456789abcdef', 'zgaJ1B2mowYZeYy2aSJCb4TlWmiuPFjnaYXc1W2b1O9'],
  ])('of %j with salt %j is that of others', (password, salt, digest) => {
    expect(sha256Crypt(password, salt)).toBe(digest);
  });

  it('depends on the password, the salt and the rounds', () => {
    const digests = [
      sha256Crypt('one', 'salt'),
      sha256Crypt('two', 'salt'),
      sha256Crypt('one', 'other'),
      sha256Crypt('one', 'salt', 6_000),
    ];
    expect(new Set(digests).size).toBe(4);
  });
});
