import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fingerprintsOfValue } from './own-values.ts';
import { scan } from './testing/made.ts';

/** As `scan` has it. */
const KEY = Buffer.from('key of the test');
const drawn = () => randomBytes(24).toString('base64url');
const scanned = (path: string, text: string) =>
  scan({ [path]: text }).found.map(({ fingerprint }) => fingerprint);

describe('the fingerprints of a value that is kept', () => {
  it('leave out what is no secret of its own, and what others have too', () => {
    const password = drawn();
    const all = fingerprintsOfValue(KEY, { username: 'a-role-of-some-length-1', password });
    expect(all).toEqual(fingerprintsOfValue(KEY, { value: password }));
    expect(all).toHaveLength(1);
    expect(fingerprintsOfValue(KEY, { password: 'changeme' })).toEqual([]);
    expect(fingerprintsOfValue(KEY, { url: 'https://orders.example.org/v1/charges' })).toEqual([]);
  });

  it('say of an address what its password says', () => {
    const password = drawn();
    const url = `postgres://orders:${password}@db.example.org/orders`;
    expect(fingerprintsOfValue(KEY, { url })).toEqual(fingerprintsOfValue(KEY, { password }));
  });

  it('are those that a scan makes of the same values', () => {
    const password = drawn();
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(scanned('orders.env', `DB_PASSWORD=${password}\n`)).toEqual(
      fingerprintsOfValue(KEY, { username: 'orders', password }),
    );
    expect(scanned('key.pem', pem)).toEqual(fingerprintsOfValue(KEY, { key: pem }));
    expect(scanned('orders.env', `URL=postgres://orders:${password}@db.shop/orders\n`)).toEqual(
      fingerprintsOfValue(KEY, { password }),
    );
  });
});
