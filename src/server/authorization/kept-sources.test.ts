import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DocumentStore, EstateStore, PolicySources } from '../../estate/index.ts';
import { openStore } from '../../estate/store/index.ts';
import { KeptSources } from './kept-sources.ts';

let folder: string;
let store: EstateStore & DocumentStore;
let kept: KeptSources;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kept-sources-'));
  store = await openStore({ kind: 'sqlite', folder });
  kept = new KeptSources(store, () => Date.parse('2026-01-01T00:00:00Z'));
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const source = { reader: 'declarations', how: 'declared', file: 'reeve.yaml', line: 2 } as const;
const within = { ...source, file: 'shop/reeve.yaml' };
const sources = (text: string): PolicySources => ({
  guardrails: [{ path: 'pci.cedar', text }],
  groups: [{ name: 'pci', services: [{ name: 'payments', source }], groups: [], source }],
});
const audit = async () => (await store.audit({ limit: 10 })).items;

it('what folders say is there for all, by the names of their folders', async () => {
  await kept.keep('shop', sources('forbid (principal, action, resource);'));
  await kept.keep('tools', { guardrails: [{ path: 'a.cedar', text: '' }], groups: [] });
  expect(await kept.all()).toEqual({
    guardrails: [
      { path: 'shop/pci.cedar', text: 'forbid (principal, action, resource);' },
      { path: 'tools/a.cedar', text: '' },
    ],
    groups: [
      {
        name: 'pci',
        services: [{ name: 'payments', source: within }],
        groups: [],
        source: within,
      },
    ],
    groupsUnread: [],
  });
});

it('a change is in the audit log, and what is no change is not', async () => {
  await kept.keep('shop', { guardrails: [], groups: [] });
  await kept.keep('shop', sources('one'));
  await kept.keep('shop', sources('one'));
  await kept.keep('shop', sources('two'));
  expect((await audit()).map(({ action, subject, detail }) => [action, subject, detail])).toEqual([
    ['policy.read', 'shop', { guardrails: ['pci.cedar'], groups: ['pci'] }],
    ['policy.read', 'shop', { guardrails: ['pci.cedar'], groups: ['pci'] }],
  ]);
  expect((await kept.all()).guardrails[0]?.text).toBe('two');
});

it('what the store does not give back as it was is told, and never taken for nothing', async () => {
  await kept.keep('shop', sources('one'));
  await store.amend(
    [{ kind: 'policy-sources', id: 'shop', version: 1, body: { guardrails: 'gone' } }],
    [],
  );
  await expect(kept.all()).rejects.toThrow('folder `shop` says of guardrails and groups');
  await kept.keep('shop', sources('two'));
  expect((await kept.all()).guardrails).toHaveLength(1);
});
