import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let state: string;
let shop: string;

beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'reeve-policy-'));
  shop = join(state, 'shop');
  cpSync('examples/shop', shop, { recursive: true });
});
afterAll(() => rmSync(state, { recursive: true, force: true }));

function reeve(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('bin/reeve', args, {
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: state, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

function withTest(text: string): string {
  const folder = mkdtempSync(join(state, 'tested-'));
  cpSync(shop, folder, { recursive: true });
  writeFileSync(
    join(folder, 'reeve-test.yaml'),
    `apiVersion: reeve.dev/v1\nkind: PolicyTest\nspec:\n  cases:\n${text}`,
  );
  return folder;
}

describe('reeve policy test', () => {
  it('passes on the shop, and says what no case has tried', () => {
    const { status, stdout } = reeve('policy', 'test', shop);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^15 cases, all pass\.\nTried: 8 of 10 declared calls, 1 of 1 guardrail/,
    );
    expect(stdout).toContain(
      'no case for reviews -> orders GET /v1/orders/{id} (reviews/reeve.yaml:12:20)',
    );
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('fails with the line of each case that does not hold, and why', () => {
    const folder = withTest(
      [
        '    - allow: web -> orders DELETE /orders/1',
        '    - deny: web -> orders POST /orders',
        '    - allow: wbe -> orders POST /orders',
        '    - { deny: web -> payments GET /x, reason: caller-unproved }\n',
      ].join('\n'),
    );
    const { status, stdout } = reeve('policy', 'test', folder);
    expect(status).toBe(1);
    expect(stdout).toMatch(/FAIL +5 {2}allow web -> orders DELETE \/orders\/1\n +is denied: /);
    expect(stdout).toMatch(/FAIL +6 {2}deny web -> orders POST \/orders\n +is allowed: /);
    expect(stdout).toContain('there is no service `wbe`');
    expect(stdout).toContain('is denied for another reason (call-undeclared)');
    expect(stdout).toContain('4 cases: 0 pass, 4 fail.');
    const junit = reeve('policy', 'test', folder, '--format', 'junit').stdout;
    expect(junit).toContain('<testsuite name="reeve-test.yaml" tests="4" failures="4"');
    const json = JSON.parse(reeve('policy', 'test', folder, '--format', 'json').stdout);
    expect(json).toMatchObject({ schema: 'reeve.policy-test/v1', passed: 0, failed: 4 });
    expect(json.results[0].place).toEqual({ file: 'reeve-test.yaml', line: 5, column: 14 });
  });

  it('fails where a case cannot be read, and where there is none', () => {
    const unread = reeve(
      'policy',
      'test',
      withTest('    - allow: web orders\n    - deny: web -> payments GET /x\n'),
    );
    expect([unread.status, unread.stderr]).toEqual([
      1,
      expect.stringContaining('reeve-test.yaml:5:14'),
    ]);
    const none = reeve('policy', 'test', 'test/testdata/small-shop');
    expect([none.status, none.stderr]).toEqual([2, expect.stringContaining('reeve-test.yaml')]);
  });

  it('fails where too little is tried', () => {
    const { status, stderr } = reeve('policy', 'test', shop, '--min-coverage', '90');
    expect([status, stderr]).toEqual([1, expect.stringContaining('81 % of the declared calls')]);
    expect(reeve('policy', 'test', shop, '--min-coverage', '80').status).toBe(0);
  });
});

describe('reeve policy explain', () => {
  it('says why a call is allowed', () => {
    const { status, stdout } = reeve('policy', 'explain', shop, 'web -> orders GET /orders/42');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^allowed \(declared\)\n/);
    expect(stdout).toMatch(/endpoint +GET \/orders\/\{id\}/);
  });

  it('says what would allow a call', () => {
    const { stdout } = reeve('policy', 'explain', shop, 'reviews -> payments POST /charges');
    expect(stdout).toMatch(/^denied \(call-undeclared\)\n/);
    expect(stdout).toContain('Declare the call in reviews/reeve.yaml, if reviews needs it:');
    expect(stdout).toContain('    - service: payments\n        operations: ["POST /charges"]');
  });

  it('gives the same as data', () => {
    const { stdout } = reeve('policy', 'explain', shop, 'web -> orders GET /x', '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ decision: { allowed: false, mode: 'enforce' } });
  });

  it('tells of what could not be read, as that may be why', () => {
    const folder = mkdtempSync(join(state, 'broken-'));
    cpSync(shop, folder, { recursive: true });
    writeFileSync(join(folder, 'reviews/reeve.yaml'), 'kind: Service\n  calls: [');
    const call = 'reviews -> orders GET /v1/orders/1';
    const { stdout, stderr } = reeve('policy', 'explain', folder, call);
    expect(stdout).toMatch(/^denied/);
    expect(stderr).toMatch(/^reviews\/reeve\.yaml:\d+:\d+: error: not valid YAML/);
    // what the target says is all of what could be read
    const compile = ['policy', 'compile', folder, '--target', 'cedar'];
    expect(reeve(...compile).status).toBe(0);
    expect(reeve(...compile, '--strict').status).toBe(1);
    expect(reeve('init', folder).stderr).toMatch(/^reviews\/reeve\.yaml:\d+:\d+: error: /);
  });

  it('refuses what is no call', () => {
    const { status, stderr } = reeve('policy', 'explain', shop, 'web');
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('write it as "web -> orders GET'),
    ]);
  });
});

describe('reeve policy fmt', () => {
  it('lays out what is not, and only that', () => {
    const file = join(shop, 'guardrails.cedar');
    expect(reeve('policy', 'fmt', file)).toMatchObject({ status: 0, stdout: '' });
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll('\n', ' '));
    expect(reeve('policy', 'fmt', file, '--check')).toMatchObject({
      status: 1,
      stdout: `${file}\n`,
    });
    expect(reeve('policy', 'fmt', file).status).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('says where a file cannot be read, and writes nothing', () => {
    const file = join(shop, 'broken.cedar');
    writeFileSync(file, 'forbid (principal\n');
    const { status, stderr } = reeve('policy', 'fmt', join(shop, 'guardrails.cedar'), file);
    expect([status, stderr]).toEqual([2, expect.stringContaining('broken.cedar:')]);
  });
});
