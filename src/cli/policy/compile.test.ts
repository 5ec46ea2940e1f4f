import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let state: string;

beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'reeve-compile-'));
});
afterAll(() => rmSync(state, { recursive: true, force: true }));

function compile(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    'bin/reeve',
    ['policy', 'compile', 'examples/shop', ...args],
    { encoding: 'utf8', env: { ...process.env, XDG_STATE_HOME: state, NO_COLOR: '1' } },
  );
  return { status, stdout, stderr };
}

describe('reeve policy compile', () => {
  it.each(['networkpolicy', 'cilium', 'linkerd', 'kuma'])(
    'says the shop for %s',
    async (target) => {
      const { status, stdout, stderr } = compile('--target', target);
      expect(status).toBe(0);
      await expect(stdout).toMatchFileSnapshot(`testdata/shop-${target}.yaml`);
      await expect(stderr).toMatchFileSnapshot(`testdata/shop-${target}.txt`);
      const [longest = ''] = stderr.split('\n').sort((a, b) => b.length - a.length);
      expect(longest.length).toBeLessThanOrEqual(80);
    },
  );

  it('writes files by environment, namespace and service', () => {
    const folder = join(state, 'out');
    const { status, stdout, stderr } = compile('--target', 'networkpolicy', '-o', folder);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain(`6 files in ${folder}`);
    const files = readdirSync(join(folder, 'default/shop')).sort();
    expect(files).toContain('orders.yaml');
    expect(readFileSync(join(folder, 'default/shop.yaml'), 'utf8')).toContain('podSelector: {}');
  });

  it('gives one object with --format json, and ends with 1 where --strict finds something', () => {
    const { status, stdout } = compile('--target', 'kuma', '--format', 'json', '--strict');
    const { schema, files, notices } = JSON.parse(stdout);
    expect({ status, schema }).toEqual({ status: 1, schema: 'reeve.policy-compile/v1' });
    expect(files[0].path).toBe('default/shop/inventory.yaml');
    expect(notices).toContainEqual(
      expect.objectContaining({ effect: 'left', service: 'default/shop/orders' }),
    );
  });

  it('knows nobody of another trust domain, and says so', () => {
    const { stdout } = compile('--target', 'linkerd', '--trust-domain', 'other.example');
    expect(stdout).toContain('identityRefs');
    const { stderr } = compile(
      ...['--target', 'kuma', '--trust-domain', 'mesh.local', '--trust-domain', 'b.example'],
    );
    expect(stderr).not.toContain('b.example');
  });

  it('refuses unknown targets, with the known ones', () => {
    const { status, stderr } = compile('--target', 'nothing');
    expect(status).toBe(2);
    expect(stderr).toMatch(/`nothing` is not a target\n.*use one of: .*cilium.*networkpolicy/);
  });
});
