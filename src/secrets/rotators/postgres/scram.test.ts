import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { scramVerifier } from './scram.ts';

describe('the verifier of a password', () => {
  it('proves both sides of the exchange in RFC 7677 §3', async () => {
    const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
    const salt = 'W22ZaJ0SNY7soEsUEjb6gQ==';
    const messages = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=${salt},i=4096,c=biws,r=${nonce}`;
    const verifier = await scramVerifier('pencil', Buffer.from(salt, 'base64'));
    const [, storedKey = '', serverKey = ''] =
      /^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$(.{44}):(.{44})$/.exec(verifier) ?? [];
    const sign = (key: string) =>
      createHmac('sha256', Buffer.from(key, 'base64')).update(messages).digest();

    expect(sign(serverKey).toString('base64')).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
    const proof = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64');
    const signature = sign(storedKey);
    const clientKey = proof.map((byte, at) => byte ^ (signature[at] ?? 0));
    expect(createHash('sha256').update(clientKey).digest('base64')).toBe(storedKey);
  });

  it.each([
    ['I\u00adX', 'IX', 'soft hyphens are nothing'],
    ['\u00aa', 'a', 'compatibility characters are what they look like'],
    ['a\u3000b', 'a b', 'spaces are one space'],
  ])('of %j is that of %j: %s', async (one, two) => {
    const salt = Buffer.alloc(16, 1);
    expect(await scramVerifier(one, salt)).toBe(await scramVerifier(two, salt));
    expect(await scramVerifier(one, salt)).not.toBe(await scramVerifier(`${two}.`, salt));
  });
});
