import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { isSignedBy, readCertificate, splitCertificates } from './certificate.ts';
import { commonNamesOf, nameToText, writeName } from './name.ts';
import { forge, forgedAuthority, forgedLeaf, nameOf } from './testing/forge.ts';
import { ecKey } from './testing/keys.ts';

const KEY = ecKey();
const ROOT = forge(forgedAuthority(KEY, 'root 1', 'root 1', KEY));
const LEAF = forge(forgedLeaf(ecKey(), nameOf('root 1'), KEY));

describe('certificates one after the other', () => {
  it('are split', () => {
    const chain = splitCertificates(Buffer.concat([LEAF, ROOT]), 2);
    expect(chain.map((der) => der.toString('hex'))).toEqual(
      [LEAF, ROOT].map((one) => one.toString('hex')),
    );
    expect(splitCertificates(Buffer.alloc(0), 2)).toEqual([]);
  });

  it.each<[string, Buffer, string]>([
    ['too many', Buffer.concat([LEAF, LEAF, LEAF]), 'more than 2 certificates'],
    [
      'the last cut short',
      Buffer.concat([LEAF, ROOT.subarray(0, -1)]),
      'longer than what holds it',
    ],
    ['something between', Buffer.concat([LEAF, Buffer.of(0), ROOT]), 'missing or of another type'],
  ])('are refused with %s', (_, bytes, why) => {
    expect(() => splitCertificates(bytes, 2)).toThrow(
      expect.objectContaining({
        code: 'identity/der-malformed',
        message: expect.stringContaining(why),
      }),
    );
  });
});

describe('a certificate', () => {
  it('says which one it is in what refuses it', () => {
    expect(() => readCertificate(ROOT.subarray(1), 'the root of the mesh')).toThrow(
      /^the root of the mesh cannot be read: .*, at byte 0 of the root of the mesh$/,
    );
  });

  it('has a name that is read as it was written', () => {
    const name = writeName({ country: 'DE', organization: 'Größe', commonName: 'a, b' });
    expect(nameToText(name, 'the name')).toBe('C=DE, O=Größe, CN=a, b');
    expect(commonNamesOf(name, 'the name')).toEqual(['a, b']);
    expect(nameToText(writeName({}), 'the name')).toBe('');
  });

  it('is read as Node reads it, of all authorities that Node knows, or refused by rule', () => {
    const refused = rootCertificates.map((pem) => {
      const theirs = new X509Certificate(pem);
      try {
        const ours = readCertificate(theirs.raw);
        expect(BigInt(`0x${ours.serialNumber}`)).toBe(BigInt(`0x${theirs.serialNumber}`));
        expect(ours.notBefore).toBe(theirs.validFromDate.getTime());
        expect(ours.notAfter).toBe(theirs.validToDate.getTime());
        expect(ours.extensions.basicConstraints?.isAuthority ?? false).toBe(theirs.ca);
        expect(ours.publicKey.key.equals(theirs.publicKey)).toBe(true);
        expect(isSignedBy(ours, ours)).toBe(true);
        return undefined;
      } catch (thrown) {
        if (!(thrown instanceof Fault)) throw thrown;
        return thrown.code.split('/').at(-1);
      }
    });
    // A few are as old as SHA-1, or have the serial number 0.
    const allowed = [undefined, 'signature-algorithm', 'serial-not-positive'];
    expect(refused.filter((reason) => !allowed.includes(reason))).toEqual([]);
    expect(refused.filter((reason) => reason === undefined).length).toBeGreaterThan(50);
  });
});

describe('who signed a certificate', () => {
  it('stays so, and nobody else is taken for the signer after that', () => {
    const leaf = readCertificate(LEAF);
    const root = readCertificate(ROOT);
    const other = ecKey();
    const namesake = readCertificate(forge(forgedAuthority(other, 'root 1', 'root 1', other)));
    for (let times = 0; times < 2; times++) {
      expect(isSignedBy(leaf, root)).toBe(true);
      expect(isSignedBy(leaf, namesake)).toBe(false);
      expect(isSignedBy(namesake, root)).toBe(false);
    }
  });
});
