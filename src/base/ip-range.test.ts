import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipRangeText, ipText, parseIpRange } from './ip-range.ts';

describe('a range of addresses', () => {
  const RANGES: [text: string, want: string][] = [
    ['10.0.0.0/8', '10.0.0.0-10.255.255.255'],
    ['10.1.2.3/8', '10.0.0.0-10.255.255.255'],
    ['10.1.2.3', '10.1.2.3-10.1.2.3'],
    ['0.0.0.0/0', '0.0.0.0-255.255.255.255'],
    ['10.1.2.3/32', '10.1.2.3-10.1.2.3'],
    ['::/0', '::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2001:DB8::/32', '2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['::ffff:10.0.0.1', '::ffff:a00:1-::ffff:a00:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3-1:0:0:2::3'],
  ];
  it.each(RANGES)('%s is %s', (text, want) => {
    const range = parseIpRange(text);
    expect(range && ipRangeText(range)).toBe(want);
  });

  const NONE = [
    '',
    '/',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/08',
    '10.0.0.0/-1',
    '::/129',
    '1::2::3',
    'fe80::1%eth0',
    '10.0.0.0/8/8',
    ' 10.0.0.0/8',
  ];
  it.each(NONE)('`%s` is none', (text) => {
    expect(parseIpRange(text)).toBeUndefined();
  });

  it('of any address comes back as it was written', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(4 as const, 6 as const),
        fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
        (family, any) => {
          const value = family === 4 ? any & 0xffffffffn : any;
          expect(parseIpRange(ipText(family, value))).toEqual({
            family,
            first: value,
            last: value,
          });
        },
      ),
    );
  });

  it('of any text is a range or nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.ipV4(),
          fc.ipV6(),
          fc.tuple(fc.ipV6(), fc.nat(200)).map(([ip, bits]) => `${ip}/${bits}`),
        ),
        (text) => {
          const range = parseIpRange(text);
          if (range) expect(range.first <= range.last).toBe(true);
        },
      ),
    );
  });
});
