import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call } from '../../estate/index.ts';
import { withCalls } from './observed.ts';

let state: string;
let shop: string;

beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'reeve-init-'));
  shop = join(state, 'shop');
  const isDeclaration = (path: string) => /(?:reeve\.yaml|node_modules)$/.test(path);
  cpSync('examples/shop', shop, { recursive: true, filter: (path) => !isDeclaration(path) });
});
afterAll(() => rmSync(state, { recursive: true, force: true }));

function reeve(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('bin/reeve', args, {
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: state, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

describe('reeve init', () => {
  it('prints a draft for every service, writes nothing, and then writes what it printed', () => {
    const printed = reeve('init', shop);
    expect(printed.status).toBe(0);
    expect(printed.stdout).toContain('# orders/reeve.yaml\napiVersion: reeve.dev/v1');
    expect(readdirSync(join(shop, 'orders'))).not.toContain('reeve.yaml');

    const written = reeve('init', shop, '--write');
    expect(written.stdout.split('\n')).toContain('orders/reeve.yaml');
    expect(written.stderr).toContain('6 declarations written');
    const text = readFileSync(join(shop, 'orders/reeve.yaml'), 'utf8');
    expect(printed.stdout).toContain(text);
  });

  it('writes what is read without a problem, and leaves no service without a declaration', () => {
    const scan = JSON.parse(reeve('scan', shop, '--format', 'json').stdout);
    const ofDeclarations = (code: string) => code.startsWith('declarations/');
    expect(scan.diagnostics.filter(({ code }: { code: string }) => ofDeclarations(code))).toEqual(
      [],
    );
    expect(scan.findings.map(({ control }: { control: string }) => control)).not.toContain(
      'authorization/undeclared-call',
    );
    const again = reeve('init', shop);
    expect([again.stdout, again.stderr]).toEqual([
      '',
      expect.stringContaining('Every service has a declaration'),
    ]);
  });

  it('says so where there is nothing', () => {
    expect(reeve('init', join(shop, 'orders/nowhere'))).toMatchObject({ status: 2 });
  });
});

it('calls that a server has observed are those of the services of the same names', () => {
  const estate = {
    services: [{ id: 'default/shop/web' }, { id: 'default/shop/orders' }] as never[],
    calls: [],
  };
  const call = (from: string, to: string) => ({ from, to, operation: 'GET /x' }) as Call;
  const observed = [
    call('production/shop/web', 'production/shop/orders'),
    call('production/shop/web', 'production/other/orders'),
  ];
  expect(withCalls(estate, observed).calls).toEqual([
    { from: 'default/shop/web', to: 'default/shop/orders', operation: 'GET /x' },
  ]);
});
