import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Repository } from '../src/cli/check/testing/repository.ts';
import { scanApart } from '../src/server/jobs.ts';

/** The error recovery of the parser takes the square of such a line's length: a minute for this one. */
const SLOW = `from flask import Flask\napp = Flask(__name__)\n${'<!--'.repeat(10_000)}\n${'\n'.repeat(400)}`;
const SPECIFICATION = 'openapi: 3.0.0\ninfo: { title: Orders }\npaths: { /orders: { get: {} } }\n';
const GIVEN_UP = { code: 'folder/stalled', severity: 'error' };

describe('a file that takes too long to read costs itself only', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'reeve-stalls-'));
    writeFileSync(join(folder, 'a.py'), SLOW);
    writeFileSync(join(folder, 'b.py'), SLOW);
    writeFileSync(join(folder, 'openapi.yaml'), SPECIFICATION);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('on the command line', () => {
    const args = ['scan', folder, '--format', 'json', '--seconds-per-file', '1'];
    const { stdout, status } = spawnSync('bin/reeve', args, { encoding: 'utf8' });
    const report = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(report.endpoints).toMatchObject([{ template: '/orders' }]);
    expect(report.diagnostics).toMatchObject([
      { ...GIVEN_UP, file: 'a.py' },
      { ...GIVEN_UP, file: 'b.py' },
    ]);
  });

  it('in the server', async () => {
    const job = {
      kind: 'scan',
      folder,
      environment: 'test',
      fingerprintKey: Buffer.alloc(32),
    } as const;
    const result = await scanApart(job, { secondsPerFile: 1 });
    expect(result.facts.some((fact) => fact.entity === 'endpoint')).toBe(true);
    expect(result.diagnostics).toMatchObject([
      { ...GIVEN_UP, file: 'a.py' },
      { ...GIVEN_UP, file: 'b.py' },
    ]);
  });

  it('in the state of a check that has it, and in no other', () => {
    const repository = Repository.init();
    try {
      const app = 'from flask import Flask\napp = Flask(__name__)\n';
      repository.write({ 'a.py': app, 'openapi.yaml': SPECIFICATION }).commit();
      repository.git('checkout', '-q', '-b', 'slow');
      repository.write({ 'a.py': SLOW }).commit();
      const against = (base: string) => {
        const args = ['check', repository.root, '--base', base, '--direct', '--format', 'json'];
        const given = [...args, '--seconds-per-file', '1'];
        const { stdout, stderr, status } = spawnSync('bin/reeve', given, { encoding: 'utf8' });
        if (stdout === '') throw new Error(stderr);
        return { ...JSON.parse(stdout), status };
      };
      const broken = against('main');
      expect(broken.status).toBe(1);
      expect(broken.violations).toMatchObject([
        { rule: 'check/unreadable', location: { file: 'a.py' } },
      ]);
      repository.git('checkout', '-q', 'main');
      const mended = against('slow');
      expect(mended.status).toBe(0);
      expect(mended.violations).toEqual([]);
      expect(mended.diagnostics).toEqual([]);
    } finally {
      repository.remove();
    }
  });
});
