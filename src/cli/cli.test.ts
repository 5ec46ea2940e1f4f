import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomToken } from '../base/ids.ts';

const REPOSITORY = 'test/testdata/small-shop';
let state: string;

beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'reeve-cli-'));
});
afterAll(() => rmSync(state, { recursive: true, force: true }));

function reeve(...args: string[]) {
  const result = spawnSync('bin/reeve', args, {
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: state, NO_COLOR: '1' },
  });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}
function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(state, 'folder-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

interface Report {
  readonly schema: string;
  readonly services: { id: string; owner: string | null; exposure: string }[];
  readonly endpoints: { method: string; template: string; status: string }[];
  readonly calls: { from: string; to: string; authentication: string; evidence: string }[];
  readonly credentials: { fingerprint: string | null; locations: unknown[] }[];
  readonly findings: { control: string; severity: string }[];
  readonly answers: Record<string, { total: number; satisfied: number }>;
  readonly diagnostics: { file: string; line: number; message: string }[];
}
const scanned = (...args: string[]): Report =>
  JSON.parse(reeve('scan', ...args, '--format', 'json').stdout);

describe('reeve scan', () => {
  it('gives the contract of reeve.scan/v1', () => {
    const report = scanned(REPOSITORY);
    expect(Object.keys(report)).toEqual([
      'schema',
      'services',
      'endpoints',
      'calls',
      'credentials',
      'findings',
      'answers',
      'diagnostics',
    ]);
    expect(report.services.map(({ id, owner, exposure }) => [id, owner, exposure])).toEqual([
      ['default/shop/orders', 'team-orders', 'internal'],
      ['default/shop/web', 'team-web', 'internet'],
    ]);
    expect(
      report.endpoints.map(({ method, template, status }) => `${method} ${template} ${status}`),
    ).toEqual([
      'GET /debug/customers shadow',
      'GET /orders zombie',
      'GET /orders/{id} governed',
      'POST /refunds dormant',
    ]);
    expect(report.calls).toMatchObject([
      { from: 'default/shop/web', to: 'default/shop/orders', authentication: 'none' },
    ]);
    expect(report.calls[0]?.evidence).toMatch(/PERMISSIVE/);
    expect(report.answers).toEqual({
      endpointsInventoried: { total: 3, satisfied: 2 },
      callsAuthenticated: { total: 1, satisfied: 0 },
      credentialsGoverned: { total: 1, satisfied: 1 },
    });
    expect(report.diagnostics).toMatchObject([{ file: 'k8s/broken.yaml', line: 4 }]);
  });

  it('writes the same report to a file as to standard output', () => {
    const file = join(state, 'report.json');
    expect(reeve('scan', REPOSITORY, '--format', 'json', '--output', file).stdout).toBe('');
    const printed = reeve('scan', REPOSITORY, '--format', 'json').stdout;
    expect(readFileSync(file, 'utf8')).toBe(printed);
    expect(printed).toBe(`${JSON.stringify(JSON.parse(printed), null, 2)}\n`);
  });

  it('names the environment as told', () => {
    expect(scanned(REPOSITORY, '--environment', 'staging').services[0]?.id).toBe(
      'staging/shop/orders',
    );
  });

  it('prints text of 80 columns with the answers first', () => {
    const lines = reeve('scan', REPOSITORY, '--all').stdout.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines[3]).toMatch(/^ {2}NO {2}Is every active endpoint inventoried\? +2 of 3$/);
  });

  const gates: [severity: string, status: number][] = [
    ['info', 1],
    ['high', 1],
    ['critical', 0],
  ];
  it.each(gates)('with --fail-on %s ends with status %i', (severity, status) => {
    expect(reeve('scan', REPOSITORY, '--fail-on', severity).status).toBe(status);
  });

  it('writes SARIF with a rule, a place and a stable fingerprint for each result', () => {
    const [run] = JSON.parse(reeve('scan', REPOSITORY, '--format', 'sarif').stdout).runs;
    expect(run.results.length).toBeGreaterThan(0);
    for (const result of run.results) {
      expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
      expect(result.partialFingerprints['reeveFinding/v1']).toMatch(/^finding-[0-9a-f]{16}$/);
      for (const { physicalLocation } of result.locations) {
        expect(physicalLocation.region.startLine).toBeGreaterThan(0);
      }
    }
  });

  it('draws a page that needs nothing from elsewhere', () => {
    const page = reeve('scan', REPOSITORY, '--format', 'html').stdout;
    expect(page).toContain('<svg class="graph"');
    expect(page).not.toMatch(/(src|href)=["']?(https?:)?\/\//);
  });

  it('lets no name become markup, a terminal command or a table cell', () => {
    const name = 'x\u001b[31m<script>alert(1)</script>|y';
    const folder = folderWith({
      'openapi.json': JSON.stringify({
        openapi: '3.0.0',
        info: { title: name },
        paths: { [`/${name}`]: { get: { responses: {} } } },
      }),
    });
    expect(reeve('scan', folder, '--format', 'html').stdout).not.toContain('<script>alert');
    expect(reeve('scan', folder, '--format', 'markdown').stdout).not.toMatch(/[^\\]<script/);
    expect(reeve('scan', folder, '--all').stdout).not.toContain('\u001b');
  });

  it('finds one value in two places as one credential, and prints it nowhere', () => {
    const value = randomToken(24);
    const folder = folderWith({
      'a/.env': `DB_PASSWORD=${value}\n`,
      'b/secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: { name: db }\ndata:\n  password: ${Buffer.from(value).toString('base64')}\n`,
    });
    const { credentials } = scanned(folder);
    expect(credentials).toHaveLength(1);
    expect(credentials[0]?.locations).toHaveLength(2);
    for (const format of ['text', 'json', 'sarif', 'markdown', 'html']) {
      const { stdout, stderr } = reeve('scan', folder, '--format', format);
      expect(stdout + stderr).not.toContain(value);
      expect(stdout + stderr).not.toContain(Buffer.from(value).toString('base64'));
    }
    expect(scanned(folder).credentials[0]?.fingerprint).toBe(credentials[0]?.fingerprint);
  });

  it('does not follow a link out of the folder', () => {
    const outside = folderWith({ 'openapi.yaml': 'openapi: 3.0.0\npaths: { /x: { get: {} } }\n' });
    const folder = folderWith({ 'README.md': '' });
    symlinkSync(outside, join(folder, 'link'));
    const report = scanned(folder);
    expect(report.endpoints).toEqual([]);
    expect(report.diagnostics).toMatchObject([{ file: 'link' }]);
  });
});

describe('bad usage ends with status 2 and says what to do', () => {
  const cases: [sentence: string, args: string[], stderr: RegExp][] = [
    ['no such folder', ['scan', 'no/such/folder'], /`no\/such\/folder` cannot be read/],
    ['a file', ['scan', 'package.json'], /is a file, not a folder\n +name the folder/],
    ['no such command', ['scna', '.'], /Did you mean scan\?/],
    ['no such format', ['scan', '.', '--format', 'pdf'], /Allowed choices are text, json/],
    ['no such severity', ['scan', '.', '--fail-on', 'bad'], /Allowed choices are critical/],
    [
      'an output that cannot be written',
      ['scan', REPOSITORY, '-o', 'no/such/folder/report.txt'],
      /`no\/such\/folder\/report.txt` cannot be written: .*\n +name a file/,
    ],
    ['a malformed environment', ['scan', '.', '--environment', 'A B'], /lower-case letters/],
  ];
  it.each(cases)('%s', (_, args, stderr) => {
    const result = reeve(...args);
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(stderr);
    expect(result.stdout).toBe('');
  });
});
