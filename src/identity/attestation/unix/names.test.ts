import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { accountNames, parseNames } from './index.ts';

it.each<[string, [number, string][]]>([
  [
    'root:x:0:0:root:/root:/bin/bash\norders:x:1000:1000::/:/bin/sh\n',
    [
      [0, 'root'],
      [1000, 'orders'],
    ],
  ],
  ['shop:x:27:orders,cart', [[27, 'shop']]],
  ['a:x:7:\nb:x:7:', [[7, 'a']]],
  ['# a comment:x:1:\n\n+::::::\n-@them::::\nbroken\nno:id:x:\n:x:5:', []],
])('names of accounts are read from %j', (text, want) => {
  expect([...parseNames(text)]).toEqual(want);
});

it('names of accounts follow the files, and are missing where these are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'names-'));
  const names = accountNames(folder);
  expect(await names.user(7)).toBeUndefined();
  writeFileSync(join(folder, 'passwd'), 'orders:x:7:7::/:/bin/sh\n');
  writeFileSync(join(folder, 'group'), 'shop:x:7:\n');
  expect([await names.user(7), await names.group(7)]).toEqual(['orders', 'shop']);
  writeFileSync(join(folder, 'passwd'), 'payments:x:7:7::/:/bin/sh\n');
  expect(await names.user(7)).toBe('payments');
  rmSync(folder, { recursive: true });
  expect(await names.user(7)).toBeUndefined();
});

it('names of accounts are read from any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const [id, name] of parseNames(text)) {
        expect(Number.isInteger(id)).toBe(true);
        expect(name).not.toBe('');
      }
    }),
  );
});
