import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../base/fault.ts';
import { createLog } from '../base/log.ts';
import type { PolicySources } from '../estate/index.ts';
import type { JobOptions, ScanJob, ScanResult } from './jobs.ts';
import { createMetrics } from './metrics.ts';
import { Scans } from './scans.ts';
import { MemoryStore } from './testing/memory-store.ts';

const NO_POLICY = { guardrails: [], groups: [] };
const EMPTY: ScanResult = {
  facts: [],
  diagnostics: [],
  diagnosticCount: 0,
  fileCount: 0,
  policy: NO_POLICY,
};
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'scans-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function setUp(scan?: (job: ScanJob, options: JobOptions) => Promise<ScanResult>) {
  const store = new MemoryStore();
  const folded = { count: 0 };
  const policies = new Map<string, PolicySources>();
  const scans = new Scans({
    folders: [
      { name: 'one', path: root, environment: 'test' },
      { name: 'two', path: join(root, 'missing'), environment: 'test' },
    ],
    fingerprintKey: new Uint8Array(32),
    store,
    clock: Date.now,
    log: createLog('silent'),
    metrics: createMetrics(),
    keepPolicy: async (folder, sources) => void policies.set(folder, sources),
    onFolded: () => folded.count++,
    retryMs: 5,
    ...(scan && { scan }),
  });
  return { store, scans, folded, policies };
}

describe('scans', () => {
  it('read folders in a process apart, and tell of one that cannot be read', async () => {
    const { scans, store, folded, policies } = setUp();
    writeFileSync(join(root, 'a.cedar'), 'forbid (principal, action, resource);');
    writeFileSync(
      join(root, 'service.yaml'),
      'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {}\n---\na: ]\n',
    );
    scans.start();
    await scans.idle();
    expect(scans.list()).toMatchObject([
      { name: 'one', state: 'done', fileCount: 2 },
      { name: 'two', state: 'failed', failure: expect.stringMatching(/missing/) },
    ]);
    expect(scans.diagnostics('one')[0]).toMatchObject({ file: 'service.yaml', line: 6 });
    expect([...store.scopes.keys()]).toEqual(['scan:one']);
    expect(folded.count).toBe(1);
    expect(policies.get('one')?.guardrails.map(({ path }) => path)).toEqual(['a.cedar']);
  });

  it('put a folder that waits in line once', async () => {
    const jobs: string[] = [];
    const { scans } = setUp(async ({ folder }) => {
      jobs.push(folder);
      return EMPTY;
    });
    scans.start(['one']);
    scans.start(['one']);
    await scans.idle();
    scans.start(['one']);
    await scans.idle();
    expect(jobs).toEqual([root, root]);
  });

  it('read configured folders only', () => {
    const { scans } = setUp(async () => EMPTY);
    expect(() => scans.start(['/etc'])).toThrow('No folder `/etc` is configured');
    expect(() => scans.diagnostics('../one')).toThrow('No folder `../one` is configured');
  });

  it('withdraw nothing where a scan fails', async () => {
    let fails = false;
    const { scans, store } = setUp(async () => {
      if (fails) throw new Error('broken');
      return EMPTY;
    });
    scans.start(['one']);
    await scans.idle();
    fails = true;
    scans.start(['one']);
    await scans.idle();
    expect(scans.list()[0]).toMatchObject({ state: 'failed', failure: 'broken' });
    expect(store.folds).toBe(1);
  });

  it('wait for a store that is away', async () => {
    const { scans, store, folded } = setUp(async () => EMPTY);
    store.fail = new Fault('estate/unavailable', 'away');
    scans.start(['one']);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(scans.list()[0]?.state).toBe('running');
    store.fail = undefined;
    await scans.idle();
    expect([scans.list()[0]?.state, folded.count]).toEqual(['done', 1]);
  });

  it('end with the server, whatever is under way', async () => {
    const { scans } = setUp(
      (_job, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('ended')));
        }),
    );
    scans.start();
    await new Promise(setImmediate);
    await scans.close();
    expect(scans.list()[0]?.state).toBe('failed');
    expect(scans.list()[1]?.state).toBe('waiting');
  });
});
