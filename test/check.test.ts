import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Repository } from '../src/cli/check/testing/repository.ts';

/** `reeve check` as a whole command, on a repository that is made of the shop. */

let state: string;
let shop: Repository;
beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'reeve-check-test-'));
});
afterAll(() => rmSync(state, { recursive: true, force: true }));
beforeEach(() => {
  shop = Repository.ofShop();
});
afterEach(() => shop.remove());

function reeve(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('bin/reeve', ['check', shop.root, ...args], {
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: state, NO_COLOR: '1' },
  });
  return { status, stdout, stderr };
}

/** All reports of one run, by their formats. */
function reportsOf(...args: string[]) {
  const file = (name: string) => join(state, name);
  const kinds = ['json', 'sarif', 'junit', 'markdown', 'github'];
  const reports = kinds.flatMap((kind) => ['--report', `${kind}=${file(kind)}`]);
  const result = reeve('--base', 'main', ...reports, ...args);
  return { ...result, report: (kind: string) => readFileSync(file(kind), 'utf8') };
}

interface Report {
  readonly schema: string;
  readonly verdict: string;
  readonly base: { readonly isMergeBase: boolean };
  readonly violations: readonly {
    readonly id: string;
    readonly rule: string;
    readonly message: string;
    readonly newlyReaches: readonly string[];
    readonly location: {
      readonly file: string;
      readonly line: number;
      readonly state: string;
    } | null;
  }[];
  readonly changes: readonly {
    readonly layer: string;
    readonly from: string;
    readonly to: string;
    readonly gained: readonly string[];
    readonly lost: readonly string[];
  }[];
}
const reported = (...args: string[]): Report & { readonly status: number | null } => {
  const { status, stdout, stderr } = reeve('--base', 'main', '--format', 'json', ...args);
  if (stdout === '') throw new Error(stderr);
  return { ...JSON.parse(stdout), status };
};
const rulesOf = ({ violations }: Report) => [...new Set(violations.map(({ rule }) => rule))].sort();

function edit(path: string, from: string | RegExp, to: string): void {
  const text = readFileSync(join(shop.root, path), 'utf8');
  const edited = text.replace(from, to);
  if (edited === text) throw new Error(`${path} has no ${from}`);
  shop.write({ [path]: edited });
}

/** The rule of the issue: a branch that adds a wildcard. */
function branchWithWildcard(): void {
  shop.git('checkout', '-q', '-b', 'feature');
  edit(
    'reviews/reeve.yaml',
    'operations: ["GET /v1/orders/{id}"]',
    'operations: ["GET /v1/orders/{id}"]\n    - service: payments\n      operations: ["ANY /**"]',
  );
  shop.commit('a wildcard');
}

describe('a branch that adds a wildcard', () => {
  beforeEach(branchWithWildcard);

  it('is rejected with the new paths listed', () => {
    const report = reported();
    expect([report.schema, report.verdict, report.status]).toEqual([
      'reeve.check/v1',
      'rejected',
      1,
    ]);
    expect(report.violations.find(({ rule }) => rule === 'check/wildcard-path')).toMatchObject({
      message:
        'reviews declares `ANY /**` of payments: all that is there, and all that will ever be',
      newlyReaches: [
        'GET /charges/{id} of payments',
        'GET /healthz of payments',
        'POST /charges of payments',
        'every other operation of payments',
      ],
      location: { file: 'reviews/reeve.yaml', line: 14, state: 'head' },
    });
  });

  it('passes where only what is worse counts', () => {
    expect(reeve('--base', 'main', '--fail-on', 'critical').status).toBe(0);
  });

  it('is told in every format, in one run', () => {
    const { status, stdout, report: text } = reportsOf();
    expect([status, stdout]).toEqual([1, expect.stringContaining('- POST /charges of payments')]);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(text('markdown')).toContain('- POST /charges of payments');
    expect(text('junit')).toMatch(/<testcase classname="check\/wildcard-path"[^>]*>\s*<failure /);
    expect(text('github')).toMatch(
      /^::error file=reviews\/reeve\.yaml,line=14,col=20,title=check\/wildcard-path::/m,
    );
    const [run] = JSON.parse(text('sarif')).runs;
    const result = run.results.find(
      ({ ruleId }: { ruleId: string }) => ruleId === 'check/wildcard-path',
    );
    expect(result.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'reviews/reeve.yaml' },
      region: { startLine: 14, startColumn: 20, endLine: 14, endColumn: 21 },
    });
    expect(run.tool.driver.rules[result.ruleIndex].id).toBe('check/wildcard-path');
    expect(JSON.parse(text('json')).verdict).toBe('rejected');
  });

  it('passes where it is accepted, and every format says by whom, until when and why', () => {
    const { violations } = reported();
    const entries = violations.map(({ id }) => ({
      ...{ finding: id, reason: 'rewritten in spring', owner: 'team-reviews', until: '2999-12-31' },
    }));
    const document = { apiVersion: 'reeve.dev/v1', kind: 'Waivers', spec: { waivers: entries } };
    shop.write({ 'reeve-waivers.yaml': JSON.stringify(document) });
    const { status, stdout, report } = reportsOf();
    const accepted = /accepted by team-reviews until 2999-12-31: rewritten in spring/i;
    expect(stdout.replace(/\s+/g, ' ')).toMatch(accepted);
    for (const kind of ['sarif', 'junit', 'github']) expect(report(kind)).toMatch(accepted);
    expect(report('markdown').replaceAll('\\', '')).toMatch(accepted);
    expect(report('junit')).not.toContain('<failure');
    expect(report('markdown')).toMatch(/\*\*Passed\.\*\* (?!\d)/);
    expect(report('github')).not.toContain('::error');
    expect(JSON.parse(report('sarif')).runs[0].results[0].suppressions).toHaveLength(1);
    expect(JSON.parse(report('json'))).toMatchObject({
      verdict: 'passed',
      violations: expect.arrayContaining([
        expect.objectContaining({
          waiver: expect.objectContaining({ owner: 'team-reviews', until: '2999-12-31' }),
        }),
      ]),
    });
    expect(status).toBe(0);
  });

  it('is the same where the work tree has it and nothing is committed', () => {
    shop.git('reset', '-q', '--soft', 'main');
    shop.git('reset', '-q');
    expect(rulesOf(reported())).toContain('check/wildcard-path');
  });

  it('is the same where commits are compared and the work tree has something else', () => {
    shop.git('checkout', '-q', 'main');
    expect(reported('--head', 'feature').verdict).toBe('rejected');
    expect(shop.git('status', '--porcelain')).toBe('');
  });

  it('is not held responsible for what has come to its base since', () => {
    shop.git('checkout', '-q', 'main');
    shop.write({ 'k8s/shop.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n' });
    shop.commit('no default deny');
    shop.git('checkout', '-q', 'feature');
    const report = reported();
    expect(report.base.isMergeBase).toBe(true);
    expect(report.changes.map(({ from, to }) => `${from} ${to}`)).toEqual(['reviews payments']);
  });

  it('is told by the paths of the repository where a folder of it is checked', () => {
    const result = spawnSync(
      'bin/reeve',
      ['check', join(shop.root, 'reviews'), '--base', 'main', '--format', 'github'],
      { encoding: 'utf8', env: { ...process.env, XDG_STATE_HOME: state } },
    );
    expect(result.stdout).toContain('file=reviews/reeve.yaml,line=14');
  });
});

describe('a change', () => {
  it('of nothing passes, and so does one that says nothing of who may call whom', () => {
    const { status, stdout } = reeve('--base', 'main');
    expect([status, stdout]).toEqual([0, expect.stringContaining('Nothing changed.')]);
    expect(reeve('--base', 'main', '--head', 'main').stdout).toContain('Nothing changed.');
    shop.write({ 'orders/notes.md': 'nothing' });
    expect(reeve('--base', 'main').stdout).toContain('Passed: no reach changes.');
  });

  it('that takes policies away is rejected with what they kept out', () => {
    shop.git('rm', '-q', 'k8s/shop.yaml');
    edit(
      'payments/k8s.yaml',
      /---\napiVersion: networking[\s\S]*?(?=---\napiVersion: external)/,
      '',
    );
    edit(
      'payments/k8s.yaml',
      /---\napiVersion: security\.istio\.io\/v1\nkind: AuthorizationPolicy[\s\S]*$/,
      '',
    );
    const report = reported();
    expect(rulesOf(report)).toEqual(expect.arrayContaining(['check/any-to-any']));
    const open = report.violations.filter(
      ({ rule, message }) => rule === 'check/any-to-any' && message.includes('payments'),
    );
    expect(open.map(({ location }) => location?.file).sort()).toEqual([
      'payments/k8s.yaml',
      'payments/k8s.yaml',
    ]);
    expect(report.changes).toContainEqual(
      expect.objectContaining({ layer: 'network', to: 'payments', gained: ['every port'] }),
    );
  });

  it('that opens a network policy to a namespace is rejected on the line', () => {
    edit(
      'payments/k8s.yaml',
      '- podSelector: { matchLabels: { app: orders } }',
      '- podSelector: {}',
    );
    const report = reported();
    expect(report.violations.find(({ rule }) => rule === 'check/whole-namespace')).toMatchObject({
      newlyReaches: ['TCP 8080 of payments'],
      location: { file: 'payments/k8s.yaml', state: 'head' },
    });
    const gained = report.changes.filter(
      ({ layer, to }) => layer === 'network' && to === 'payments',
    );
    expect(gained).toHaveLength(1);
  });

  it('that breaks a file is rejected for that, and what is gone by it is not taken for better', () => {
    shop.write({ 'payments/reeve.yaml': 'apiVersion: reeve.dev/v1\nkind: [Service\n' });
    const report = reported();
    expect(report.violations.filter(({ rule }) => rule === 'check/unreadable')).toMatchObject([
      { location: { file: 'payments/reeve.yaml' } },
    ]);
    expect(report.verdict).toBe('rejected');
  });

  it('that mends a broken file is not rejected for what it says', () => {
    shop.write({ 'broken.yaml': 'a: [\n' }).commit();
    shop.git('checkout', '-q', '-b', 'mend');
    shop.write({ 'broken.yaml': 'a: []\n' });
    expect(reported().verdict).toBe('passed');
  });

  it('that only moves files passes', () => {
    shop.git('mv', 'payments/k8s.yaml', 'k8s/payments.yaml');
    shop.git('mv', 'reviews', 'critiques');
    expect(reported()).toMatchObject({ verdict: 'passed', violations: [], changes: [] });
  });

  it('of files that are ignored or in a submodule does not count', () => {
    shop.write({ '.gitignore': 'out/\n' }).commit();
    shop.write({
      'out/k8s.yaml':
        'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: x, namespace: shop }\nspec:\n  defaultBackend: { service: { name: payments, port: { number: 8080 } } }\n',
    });
    expect(reported()).toMatchObject({ verdict: 'passed', changes: [] });
  });

  it('that declares what a guardrail forbids is rejected with its reason, and so is one that takes it away', () => {
    edit(
      'web/reeve.yaml',
      '    - service: inventory',
      '    - service: payments\n      operations: ["POST /charges"]\n    - service: inventory',
    );
    expect(reported().violations).toMatchObject([
      {
        rule: 'check/guardrail-forbids',
        message: expect.stringMatching(
          /^web declares POST \/charges of payments, which guardrail payments-behind-orders forbids: /,
        ),
        location: { file: 'web/reeve.yaml' },
      },
    ]);
    shop.git('rm', '-q', 'guardrails.cedar');
    expect(rulesOf(reported())).toEqual(expect.arrayContaining(['check/guardrail-removed']));
  });

  it('that makes a guardrail unusable is rejected', () => {
    shop.write({ 'more.cedar': 'forbid (principal' });
    expect(
      reported().violations.find(({ rule }) => rule === 'check/guardrail-unusable'),
    ).toMatchObject({
      location: { file: 'more.cedar', line: 1 },
    });
  });

  it('that makes things better says so', () => {
    edit('web/reeve.yaml', /\n {4}- service: inventory\n.*\n/, '\n');
    const { status, stdout } = reeve('--base', 'main');
    expect(stdout).toMatch(
      /What is no longer possible\n {2}- web no longer reaches inventory: GET/,
    );
    expect(status).toBe(1);
    expect(stdout).toMatch(/check\/undeclared-call/);
  });

  it('may be between folders', () => {
    const other = Repository.ofShop();
    try {
      edit('reviews/reeve.yaml', 'GET /v1/orders/{id}', 'GET /**');
      const { status, stdout } = reeve('--base', other.root, '--format', 'json');
      expect([status, JSON.parse(stdout).base.kind]).toEqual([1, 'folder']);
    } finally {
      other.remove();
    }
  });
});

describe('what cannot be compared', () => {
  it.each([
    [['--base', 'nowhere'], 2, /`nowhere` is neither a folder nor a commit that this clone has/],
    [['--base=--output=x'], 2, /is no name of a commit/],
    [[], 2, /required option '--base/],
    [['--base', 'main', '--report', 'pdf=x'], 2, /use a format/],
    [['--base', 'main', '--report', 'json=/nowhere/x'], 2, /cannot be written/],
    [['--base', 'main', '--max-blast', '-1'], 2, /whole number/],
  ] as const)('%j ends with %d', (args, status, message) => {
    const result = reeve(...args);
    expect([result.status, result.stdout]).toEqual([status, '']);
    expect(result.stderr).toMatch(message);
  });
});
