import { describe, expect, it } from 'vitest';
import { parseSpiffeId } from '../../spiffe/index.ts';
import { ecKey, edKey, rsaKey, type TestKey } from '../testing/keys.ts';
import { judgeCsrNames, readCsr, writeCsr } from './index.ts';

const id = parseSpiffeId('spiffe://example.org/ns/shop/sa/orders');
const ofKey = ({ privateKey, spki: publicKey }: TestKey) => ({ privateKey, publicKey });

describe('a request for a certificate that is written', () => {
  it.each<[string, TestKey]>([
    ['P-256', ecKey()],
    ['P-384', ecKey('P-384')],
    ['RSA', rsaKey()],
  ])('with a key of %s is read, with the workload that asks', (kind, key) => {
    const csr = readCsr(writeCsr({ ...ofKey(key), id }));
    expect(csr.publicKey.kind).toBe(kind);
    expect(csr.publicKey.spki.equals(key.spki)).toBe(true);
    expect(csr).toMatchObject({ commonNames: [], names: { uris: [id.uri], isCritical: true } });
    expect(() => judgeCsrNames(csr, { id, dnsNames: [] })).not.toThrow();
  });

  it('names nobody where nobody is named', () => {
    const csr = readCsr(writeCsr(ofKey(ecKey())));
    expect(csr).toMatchObject({ commonNames: [], names: { uris: [], dnsNames: [], others: [] } });
  });

  it('may have a subject, and its names are not critical then', () => {
    const subject = { organization: 'shop', commonName: 'authority 7' };
    const csr = readCsr(writeCsr({ ...ofKey(ecKey()), id, subject }));
    expect(csr).toMatchObject({ commonNames: ['authority 7'], names: { isCritical: false } });
  });

  it('of two keys that do not belong together is refused when it is read', () => {
    const der = writeCsr({ privateKey: ecKey().privateKey, publicKey: ecKey().spki, id });
    expect(() => readCsr(der)).toThrow(
      expect.objectContaining({ code: 'identity/csr-invalid/signature' }),
    );
  });

  it('needs a key that signs certificates', () => {
    expect(() => writeCsr(ofKey(edKey()))).toThrow(
      expect.objectContaining({ code: 'identity/key-invalid' }),
    );
  });
});
