import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Policy } from '../../authorization/model/index.ts';
import { createLog } from '../../base/log.ts';
import { openBundleKey } from './bundle-key.ts';
import { Bundles } from './bundles.ts';
import { BundlesApart } from './bundles-apart.ts';
import type { CurrentPolicy } from './keeper.ts';
import { BundleMaker } from './make-bundle.ts';

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

it('a bundle that is made in a process of its own says the same as one that is made here, as policies change', async () => {
  const terms = openBundleKey(folder);
  const apart = new BundlesApart();
  try {
    for (const ids of [['a', 'b'], ['a', 'b', 'c'], ['c'], ['c']]) {
      const policy = policyOf(...ids.map((id) => `test/shop/${id}`));
      const [here, there] = [
        await new BundleMaker().make(policy, terms),
        await apart.make(policy, terms),
      ];
      expect(there.revision).toBe(here.revision);
      expect(Buffer.isBuffer(there.bytes)).toBe(true);
      // signatures differ, and with them what they are packed to
      expect(Math.abs(there.bytes.length - here.bytes.length)).toBeLessThan(200);
    }
  } finally {
    apart.close();
  }
});

it('a policy of which no bundle could be made leaves nothing behind', async () => {
  const terms = openBundleKey(folder);
  const apart = new BundlesApart();
  try {
    const [first, second] = [policyOf('test/shop/a'), policyOf('test/shop/a', 'test/shop/b')];
    await apart.make(first, terms);
    await expect(apart.make(second, { privateKey: 'none' })).rejects.toThrow();
    const here = await new BundleMaker().make(second, terms);
    expect((await apart.make(second, terms)).revision).toBe(here.revision);
  } finally {
    apart.close();
  }
  await expect(apart.make(policyOf(), terms)).rejects.toThrow('No bundles are made any more');
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
