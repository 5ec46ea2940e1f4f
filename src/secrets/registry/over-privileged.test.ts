import { describe, expect, it } from 'vitest';
import { excessOf } from './over-privileged.ts';

const CASES: readonly [rotator: string, grant: string, isExcess: boolean][] = [
  ['postgres', 'SUPERUSER', true],
  ['postgres', 'CREATEROLE', true],
  ['postgres', 'LOGIN', false],
  ['postgres', 'INHERIT', false],
  ['postgres', 'member of pg_read_all_data INHERIT', true],
  ['postgres', 'member of shop_readers INHERIT', false],
  ['postgres', 'SELECT ON TABLE shop.orders', false],
  ['mysql', 'ALL PRIVILEGES ON *.*', true],
  ['mysql', 'SELECT ON *.*', true],
  ['mysql', 'GRANT OPTION ON *.*', true],
  ['mysql', 'USAGE ON *.*', false],
  ['mysql', 'ALL PRIVILEGES ON `shop`.*', false],
  ['redis', 'commands +@all', true],
  ['redis', 'commands +@all -@dangerous', false],
  ['redis', 'commands -@all +@read +@write', false],
  ['redis', 'commands -@all +get +config|set', true],
  ['redis', 'commands -@all +@admin', true],
  ['redis', 'commands -@all +@admin -@admin', false],
  ['redis', 'takes any password', true],
  ['redis', '~orders:*', false],
  ['rabbitmq', 'tag administrator', true],
  ['rabbitmq', 'tag management', false],
  ['x509', 'SUPERUSER', false],
  ['constructor', 'SUPERUSER', false],
];

describe('excessOf', () => {
  it.each(CASES)('of %s, %s is too much: %s', (rotator, grant, isExcess) => {
    expect(excessOf(rotator, [grant])).toEqual(isExcess ? [grant] : []);
  });
});
