import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Repository } from '../src/cli/check/testing/repository.ts';

/** What CI systems are given: `deploy/ci`. */

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'reeve-ci-'));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

interface Step {
  readonly name: string;
  readonly run?: string;
  readonly shell?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
}
const read = (name: string) => load(readFileSync(join('deploy/ci', name), 'utf8'));

describe('the action for GitHub', () => {
  const action = read('action.yml') as {
    readonly inputs: Readonly<
      Record<string, { readonly description: string; readonly default: string }>
    >;
    readonly outputs: Readonly<Record<string, { readonly value: string }>>;
    readonly runs: { readonly using: string; readonly steps: readonly Step[] };
  };

  it('is composite; every step runs in a shell or uses something', () => {
    expect(action.runs.using).toBe('composite');
    for (const { run, shell, uses } of action.runs.steps) {
      expect(run === undefined ? uses !== undefined : shell === 'sh').toBe(true);
    }
  });

  it('hands inputs to commands as variables, never as text of a script', () => {
    for (const { run } of action.runs.steps) expect(run ?? '').not.toContain('${{');
  });

  it('uses no input that it does not declare, and no output that its script does not write', () => {
    const text = readFileSync('deploy/ci/action.yml', 'utf8');
    const used = [...text.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name ?? '');
    expect([...new Set(used)].sort()).toEqual(Object.keys(action.inputs).sort());
    for (const { description, default: value } of Object.values(action.inputs)) {
      expect([typeof description, typeof value]).toEqual(['string', 'string']);
    }
    const script = readFileSync('deploy/ci/check.sh', 'utf8');
    expect(Object.keys(action.outputs)).toEqual(['verdict', 'sarif', 'json']);
    for (const name of ['verdict=', 'sarif json markdown']) expect(script).toContain(name);
  });
});

describe('the template for GitLab', () => {
  it('is a job that names the tests it reports, and gets all of the history', () => {
    const template = read('gitlab.yml') as Record<string, Record<string, unknown>>;
    const job = template['reeve-check'];
    expect(job).toMatchObject({
      image: '$REEVE_IMAGE',
      variables: { GIT_DEPTH: '0' },
      artifacts: { when: 'always', reports: { junit: 'reeve-check/check.junit' } },
    });
    for (const line of (job?.script ?? []) as string[]) {
      expect(spawnSync('sh', ['-n', '-c', line]).status).toBe(0);
    }
  });
});

// The image of the job has `jq`; where tests run, it may be missing.
const hasJq = spawnSync('jq', ['--version']).status === 0;

describe.runIf(hasJq)('the note of a merge request', () => {
  const template = read('gitlab.yml') as Record<string, { after_script: string[] }>;
  const [script = ''] = template['reeve-check']?.after_script ?? [];

  /** Stands for GitLab: keeps what it is asked, and has these notes. */
  function note(notes: readonly unknown[], environment: Readonly<Record<string, string>> = {}) {
    const bin = join(work, 'bin');
    mkdirSync(bin);
    mkdirSync(join(work, 'reeve-check'));
    writeFileSync(join(work, 'reeve-check/check.markdown'), 'x');
    writeFileSync(join(work, 'asked'), '');
    writeFileSync(join(work, 'notes'), JSON.stringify(notes));
    writeFileSync(
      join(bin, 'curl'),
      `#!/bin/sh
cat >> ${work}/headers
echo "$@" >> ${work}/asked
case "$*" in
  */user) echo '{"id":7}' ;;
  *per_page*) cat ${work}/notes ;;
esac
`,
    );
    chmodSync(join(bin, 'curl'), 0o755);
    const { status, stderr } = spawnSync('sh', ['-c', script], {
      cwd: work,
      encoding: 'utf8',
      env: {
        PATH: `${bin}:${process.env.PATH}`,
        CI_API_V4_URL: 'https://gitlab.example/api/v4',
        CI_PROJECT_ID: '3',
        CI_MERGE_REQUEST_IID: '12',
        REEVE_GITLAB_TOKEN: 'the-token',
        ...environment,
      },
    });
    const asked = readFileSync(join(work, 'asked'), 'utf8');
    const last = asked.trim().split('\n').at(-1)?.split(' ').slice(-5);
    return { status, stderr, asked, last };
  }
  const mine = { id: 41, author: { id: 7 }, body: '<!-- reeve check -->\n### old' };
  const notes = 'https://gitlab.example/api/v4/projects/3/merge_requests/12/notes';
  const body = ['--data-urlencode', 'body@reeve-check/check.markdown'];

  it('is written where there is none, without the token in an argument', () => {
    const { status, asked, last } = note([]);
    expect(status).toBe(0);
    expect(last).toEqual(['--request', 'POST', ...body, notes]);
    expect(asked).not.toContain('the-token');
    expect(readFileSync(join(work, 'headers'), 'utf8')).toContain('PRIVATE-TOKEN: the-token\n');
  });

  it('replaces the one that is there, and no one else\u2019s', () => {
    const others = { ...mine, id: 40, author: { id: 8 } };
    const { last } = note([others, { id: 39, author: { id: 7 }, body: 'hello' }, mine]);
    expect(last).toEqual(['--request', 'PUT', ...body, `${notes}/41`]);
  });

  it('is not written without a token', () => {
    expect(note([mine], { REEVE_GITLAB_TOKEN: '' })).toMatchObject({ status: 0, asked: '' });
  });
});

describe('the script that checks', () => {
  let shop: Repository;
  beforeEach(() => {
    shop = Repository.ofShop();
  });
  afterEach(() => shop.remove());

  function check(environment: Readonly<Record<string, string>>) {
    const output = join(work, 'output');
    const summary = join(work, 'summary');
    writeFileSync(output, '');
    const { status, stdout, stderr } = spawnSync('sh', [resolve('deploy/ci/check.sh')], {
      cwd: shop.root,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        HOME: work,
        REEVE: resolve('bin/reeve'),
        CHECK_REPORTS: join(work, 'reports'),
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        ...environment,
      },
    });
    return { status, stdout, stderr, output: readFileSync(output, 'utf8'), summary };
  }

  it('fetches the base of a clone for one build, rejects, and leaves every report', () => {
    shop.git('checkout', '-q', '-b', 'feature');
    const declaration = readFileSync(join(shop.root, 'reviews/reeve.yaml'), 'utf8');
    shop.write({ 'reviews/reeve.yaml': declaration.replace('GET /v1/orders/{id}', 'GET /**') });
    shop.commit();
    const origin = shop;
    shop = new Repository();
    try {
      shop.git(
        'clone',
        '-q',
        '--single-branch',
        '--branch',
        'feature',
        `file://${origin.root}`,
        '.',
      );
      const { status, stdout, output, summary } = check({
        CHECK_BASE: 'origin/main',
        CHECK_FORMAT: 'github',
        CHECK_FAIL_ON: 'high',
      });
      expect([status, output]).toEqual([1, expect.stringContaining('verdict=rejected\n')]);
      expect(stdout).toContain('::error file=reviews/reeve.yaml,line=12');
      for (const kind of ['sarif', 'json', 'markdown', 'junit']) {
        expect(existsSync(join(work, 'reports', `check.${kind}`))).toBe(true);
      }
      expect(output).toContain(`sarif=${join(work, 'reports/check.sarif')}`);
      expect(readFileSync(summary, 'utf8')).toContain('**Rejected.**');
    } finally {
      origin.remove();
    }
  });

  it('says that there is nothing to compare with', () => {
    expect(check({ CHECK_BASE: '' })).toMatchObject({ status: 2, stdout: '', output: '' });
  });

  it('tells a base that cannot be had from one that rejects', () => {
    const { status, output, stderr } = check({ CHECK_BASE: 'origin/gone' });
    expect([status, output]).toEqual([2, 'verdict=failed\n']);
    expect(stderr).toMatch(/is neither a folder nor a commit/);
  });
});

describe('the script that comments', () => {
  /** Stands for the GitHub CLI: keeps what it is asked, and knows the comments that it is told. */
  function comment(known: string) {
    const bin = join(work, 'bin');
    mkdirSync(bin);
    writeFileSync(
      join(bin, 'gh'),
      `#!/bin/sh\necho "$@" >> ${work}/asked\ncase "$*" in *--jq*) printf '${known}' ;; esac\n`,
    );
    chmodSync(join(bin, 'gh'), 0o755);
    writeFileSync(join(work, 'comment.md'), 'x');
    const { status } = spawnSync('sh', ['deploy/ci/comment.sh'], {
      env: {
        PATH: `${bin}:${process.env.PATH}`,
        REPOSITORY: 'shop/shop',
        PULL_REQUEST: '7',
        COMMENT: join(work, 'comment.md'),
      },
    });
    const asked = readFileSync(join(work, 'asked'), 'utf8').trim().split('\n');
    return { status, last: asked.at(-1) };
  }

  it('writes a comment where there is none', () => {
    expect(comment('')).toEqual({
      status: 0,
      last: `api --method POST repos/shop/shop/issues/7/comments --field body=@${work}/comment.md`,
    });
  });

  it('replaces the one that is there', () => {
    expect(comment('41\\n42\\n').last).toBe(
      `api --method PATCH repos/shop/shop/issues/comments/41 --field body=@${work}/comment.md`,
    );
  });
});
