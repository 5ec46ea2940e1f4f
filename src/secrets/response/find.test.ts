import { generateKeyPairSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintsOfValue } from '../leaks/index.ts';
import { fingerprintsOf } from './find.ts';

const KEY = randomBytes(32);
const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const password = `${randomBytes(18).toString('base64url')}&/`;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const url = `postgres://orders:${encodeURIComponent(password)}@db.example.org:5432/orders`;

/** Whether a report of the text finds a secret with that value. */
const finds = (text: string, value: Readonly<Record<string, string>>): boolean => {
  const reported = fingerprintsOf(KEY, text);
  return fingerprintsOfValue(KEY, value).some((kept) => reported.includes(kept));
};

describe('a report finds a private key that is kept', () => {
  it.each([
    ['as it is', pem],
    ['with the line ends of Windows', pem.replaceAll('\n', '\r\n')],
    ['without the last line end', pem.trimEnd()],
    ['indented', pem.replaceAll('\n', '\n        ')],
    ['escaped in a string', JSON.stringify(pem)],
    ['in base64', base64(pem)],
    ['in base64 of many lines', base64(pem).replace(/.{76}/g, '$&\n')],
    [
      'behind a certificate',
      `-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n${pem}`,
    ],
    ['in a file of YAML', `tls:\n  key: |\n    ${pem.replaceAll('\n', '\n    ')}\n`],
  ])('%s', (_, text) => {
    expect(finds(text, { privateKey: pem })).toBe(true);
    expect(finds(text, { privateKey: text })).toBe(true);
  });
});

describe('a report finds a password that is kept', () => {
  it.each([
    ['as it is', password],
    ['among white space', `\n\t ${password} \n`],
    ['in base64', base64(password)],
    ['in base64 with a line end', base64(`${password}\n`)],
    ['in base64 for addresses', Buffer.from(password).toString('base64url')],
    ['in an address', url],
    ['in an address in base64', base64(` ${url}\n`)],
  ])('%s', (_, text) => {
    expect(finds(text, { username: 'orders', password })).toBe(true);
    expect(finds(text, { url })).toBe(true);
  });

  it('by nothing else of an address', () => {
    expect(finds('orders', { username: 'orders', password })).toBe(false);
    expect(finds('postgres://orders@db.example.org:5432/orders', { url })).toBe(false);
  });
});

it('any text has a fingerprint of its own, and those of what it holds', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (text) => {
      const prints = fingerprintsOf(KEY, text);
      expect(prints.length).toBeGreaterThan(0);
      expect(new Set(prints).size).toBe(prints.length);
    }),
  );
});
