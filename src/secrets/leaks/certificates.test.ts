import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { expiryOf } from './certificates.ts';
import { scan } from './testing/made.ts';

/** A self-signed certificate in a few lines of DER.
 *  @see RFC 5280 §4.1 */
function certificateOf(privateKey: KeyObject, publicKey: KeyObject, notAfter: string): string {
  const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
    const body = Buffer.concat(parts);
    const length =
      body.length < 0x80 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
    return Buffer.concat([Buffer.from([tag, ...length]), body]);
  };
  const text = (tag: number, value: string) => der(tag, Buffer.from(value));
  const ecdsaWithSha256 = der(0x30, der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  const commonName = der(0x06, Buffer.from('550403', 'hex'));
  const name = der(0x30, der(0x31, der(0x30, commonName, text(0x0c, 'shop'))));
  const validity = der(0x30, text(0x17, '200101000000Z'), text(0x17, notAfter));
  const toBeSigned = der(
    0x30,
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', toBeSigned, privateKey));
  const base64 = der(0x30, toBeSigned, ecdsaWithSha256, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`;
}

const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const certificate = certificateOf(own.privateKey, own.publicKey, '300102030405Z');
const key = own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const END = '2030-01-02T03:04:05.000Z';

describe('expiryOf', () => {
  it("is the end of the key's own certificate", () => {
    expect(expiryOf([key, certificate])).toBe(END);
  });

  it.each([
    [
      'a certificate of another key',
      [other.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), certificate],
    ],
    ['no key', [certificate]],
    ['no certificate', [key]],
    ['a broken certificate', [key, certificate.replace(/M/g, 'N')]],
  ])('is not known with %s', (_, texts) => {
    expect(expiryOf(texts)).toBeUndefined();
  });
});

describe('the reader', () => {
  it.each([
    ['in the same file', { 'tls.pem': key + certificate }],
    ['beside it under the same name', { 'tls/server.key': key, 'tls/server.crt': certificate }],
    ['beside it as key and cert', { 'tls/key.pem': key, 'tls/cert.pem': certificate }],
  ])("takes a key's end from its certificate %s", (_, files) => {
    expect(scan(files).found).toMatchObject([{ credentialKind: 'private-key', expires: END }]);
  });

  it('takes it from the tls.crt of a Secret', () => {
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const manifest = `apiVersion: v1\nkind: Secret\nmetadata: {name: tls}\ndata:\n  tls.crt: ${base64(certificate)}\n  tls.key: ${base64(key)}\n`;
    expect(scan({ 'tls.yaml': manifest }).found).toMatchObject([
      { name: 'tls.key', credentialKind: 'private-key', expires: END, location: { line: 6 } },
    ]);
  });
});
