import { describe, expect, it } from 'vitest';
import { readCertificate, splitCertificates } from './certificate.ts';
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
});
