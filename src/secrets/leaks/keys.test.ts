import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { detect, secretOf } from './detect.ts';
import { keyBody } from './keys.ts';
import { fileOf, made, scan } from './testing/made.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const sec1 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'sec1', format: 'pem' })
  .toString();
const locked = privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: made(12) })
  .toString();
const CODE = { syntax: 'code', path: 'main.js' } as const;
/** The marks are put together, so that this file does not look like a key. */
const mark = (word: string, label: string) => `-----${word} ${label}-----`;

describe('private keys', () => {
  it.each([
    ['PKCS #8', pkcs8],
    ['PKCS #1', pkcs1],
    ['SEC 1', sec1],
    ['encrypted', locked],
  ])('are found whole: %s', (_, pem) => {
    const text = `before\n${pem}after\n`;
    const [match, ...others] = detect(text, CODE);
    expect(others).toEqual([]);
    expect(match).toMatchObject({ kind: 'private-key', rule: 'key/pem' });
    expect(text.slice(match?.start, match?.end)).toBe(pem.trim());
  });

  it.each([
    ['with escaped line ends in JSON', () => JSON.stringify({ private_key: pkcs8 })],
    ['indented in YAML', () => `key: |\n${pkcs8.replace(/^/gm, '    ')}`],
    ['with Windows line ends', () => pkcs8.replaceAll('\n', '\r\n')],
    [
      'glued from literals',
      () =>
        pkcs8
          .trim()
          .split('\n')
          .map((line) => `"${line}\\n" +`)
          .join('\n'),
    ],
  ])('are the same key %s', (_, write) => {
    const text = write();
    const matches = detect(text, CODE);
    expect(matches.map((match) => secretOf(text, match))).toEqual([keyBody(pkcs8)]);
  });

  it.each([
    ['an ellipsis', `${mark('BEGIN', 'PRIVATE KEY')}\n...\n${mark('END', 'PRIVATE KEY')}`],
    [
      'words',
      `${mark('BEGIN', 'RSA PRIVATE KEY')}\n${'put your key here '.repeat(9)}\n${mark('END', 'RSA PRIVATE KEY')}`,
    ],
    ['no end', pkcs8.slice(0, 300)],
  ])('are not found in %s', (_, text) => {
    expect(detect(text, CODE)).toEqual([]);
  });

  it('are told from public keys', () => {
    expect(detect(publicKey.export({ type: 'spki', format: 'pem' }).toString(), CODE)).toEqual([]);
  });

  it('are found as JWK', () => {
    const text = JSON.stringify(privateKey.export({ format: 'jwk' }));
    expect(detect(text, { syntax: 'json', path: 'jwks.json' }).map(({ rule }) => rule)).toEqual([
      'key/jwk',
    ]);
    expect(
      detect(JSON.stringify(publicKey.export({ format: 'jwk' })), {
        syntax: 'json',
        path: 'jwks.json',
      }),
    ).toEqual([]);
  });

  it('are found in PuTTY files', () => {
    const lines = made(64);
    const text = `PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nPrivate-Lines: 1\n${lines}\nPrivate-MAC: 00\n`;
    const [match] = detect(text, { syntax: 'properties', path: 'id.ppk' });
    expect(match && secretOf(text, match)).toBe(lines);
  });
});

describe('key files', () => {
  it.each([
    ['store.jks', Buffer.from([0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2]), 'keystore'],
    ['store.p12', Buffer.from([0x30, 0x82, 0x01, 0x00, 0x02, 0x01, 0x03, 0x30]), 'keystore'],
    ['server.key', privateKey.export({ type: 'pkcs8', format: 'der' }), 'private-key'],
  ])('in binary are found by their first bytes: %s', (path, bytes, kind) => {
    expect(scan({ [path]: bytes }).found).toMatchObject([
      {
        credentialKind: kind,
        name: path,
        location: { file: path, line: 1, column: 1, in: 'file' },
      },
    ]);
  });

  it('that only hold what is trusted, and other binaries, are passed over', () => {
    const keystore = Buffer.from([0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2]);
    expect(scan({ 'truststore.jks': keystore, 'logo.dat': keystore }).found).toEqual([]);
    expect(fileOf('logo.dat', keystore).isBinary).toBe(true);
  });
});
