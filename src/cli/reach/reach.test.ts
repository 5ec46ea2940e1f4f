import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ReachRow } from '../../authorization/reach/index.ts';

const SHOP = join(import.meta.dirname, 'testdata/shop');

function reach(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('bin/reeve', ['reach', ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

function expectNarrow(text: string): void {
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
}

describe('reach', () => {
  it('prints for each target who reaches it, and warns on standard error', async () => {
    const { status, stdout, stderr } = reach(SHOP);
    expect(status).toBe(0);
    expectNarrow(stdout);
    await expect(stdout).toMatchFileSnapshot('testdata/shop.txt');
    await expect(stderr).toMatchFileSnapshot('testdata/shop.stderr.txt');
  });

  it('explains pairs with files and lines', async () => {
    const { stdout } = reach(SHOP, '--explain', '--to', 'payments');
    expectNarrow(stdout);
    await expect(stdout).toMatchFileSnapshot('testdata/explain.txt');
  });

  it('tells whom selectors would let in tomorrow', async () => {
    const { stdout } = reach(SHOP, '--exposure');
    expectNarrow(stdout);
    await expect(stdout).toMatchFileSnapshot('testdata/exposure.txt');
  });

  it('prints rows as JSON, a row for each pair and protocol', () => {
    const { stdout } = reach(SHOP, '--format', 'json', '--from', 'orders', '--to', 'payments');
    expect(JSON.parse(stdout)).toEqual([
      {
        from: 'shop/orders',
        fromKind: 'Deployment',
        to: 'shop/payments',
        toKind: 'Deployment',
        protocol: 'TCP',
        ports: '8080',
        http: ['POST /v1/charges'],
        because: [
          expect.objectContaining({ side: 'egress', policy: 'NetworkPolicy shop/back' }),
          expect.objectContaining({ side: 'ingress', policy: 'NetworkPolicy shop/back' }),
          expect.objectContaining({ side: 'request', policy: 'AuthorizationPolicy shop/payments' }),
        ],
      },
    ]);
  });

  it('prints the same rows a line each', () => {
    const all = JSON.parse(reach(SHOP, '--format', 'json').stdout) as ReachRow[];
    const lines = reach(SHOP, '--format', 'ndjson').stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(all);
    expect(all.some(({ from }) => from === '{ingress-controller}')).toBe(true);
  });

  it('gives an empty array where nothing reaches anything', () => {
    const { stdout } = reach(SHOP, '--format', 'json', '--from', 'orders-db', '--to', 'web');
    expect(stdout).toBe('[]\n');
  });

  it('ends with 2 where nobody is of that name', () => {
    const { status, stderr } = reach(SHOP, '--from', 'nobody');
    expect(status).toBe(2);
    expect(stderr).toContain('`nobody` is none of those that are here');
  });
});
