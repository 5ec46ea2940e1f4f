import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Policy } from '../../authorization/model/index.ts';
import { createLog } from '../../base/log.ts';
import { makeBundleApart } from '../jobs.ts';
import { openBundleKey } from './bundle-key.ts';
import { Bundles } from './bundles.ts';
import type { CurrentPolicy } from './keeper.ts';
import { makeBundle } from './make-bundle.ts';

const EMPTY: Policy = { services: [], endpoints: [], grants: [], guardrails: [] };
const policyOf = (...ids: string[]): Policy => ({
  ...EMPTY,
  services: ids.map((id) => ({
    ...{ id, environment: 'test', namespace: 'shop', name: id, kind: 'workload' },
    ...{ identities: [`spiffe://example.org/${id}`], owner: undefined, criticality: undefined },
    ...{ sensitivity: [], exposure: 'internal', groups: [], mode: 'enforce' },
  })),
});
const ANYTHING = { ifNoneMatch: undefined, prefer: undefined };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bundles-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a bundle that is made in a process of its own says the same as one that is made here', async () => {
  const { privateKey } = openBundleKey(folder);
  const terms = { trustDomain: 'example.org', privateKey };
  const policy = policyOf('test/shop/a', 'test/shop/b');
  const [here, apart] = await Promise.all([
    makeBundle(policy, terms),
    makeBundleApart({ kind: 'bundle', ...terms }, policy),
  ]);
  expect(apart.revision).toBe(here.revision);
  expect(Buffer.isBuffer(apart.bytes)).toBe(true);
  // signatures differ, and with them what they are packed to
  expect(Math.abs(apart.bytes.length - here.bytes.length)).toBeLessThan(200);
});

it('while a bundle is made, only the newest policy after it waits', async () => {
  const made: string[] = [];
  const finish: (() => void)[] = [];
  let tell = (_current: CurrentPolicy): void => {};
  const bundles = new Bundles({
    policies: {
      watch: (listener) => {
        tell = listener;
        return () => {};
      },
    },
    make: async (policy) => {
      made.push(policy.services[0]?.id ?? '');
      await new Promise<void>((resolve) => finish.push(resolve));
      return { revision: made.at(-1) ?? '', bytes: Buffer.from('') };
    },
    log: createLog('silent'),
  });
  const change = (id: string) => tell({ policy: policyOf(id) } as CurrentPolicy);
  change('first');
  const answer = bundles.answer(ANYTHING, () => {});
  await expect.poll(() => made).toEqual(['first']);
  for (const id of ['second', 'third', 'fourth']) change(id);
  finish[0]?.();
  expect((await answer).headers.etag).toBe('"first"');
  await expect.poll(() => made).toEqual(['first', 'fourth']);
  finish[1]?.();
  bundles.close();
});
