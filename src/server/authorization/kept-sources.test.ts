import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

describe('of a folder that could not be read whole', () => {
  const unread = (path: string) =>
    ({ path, text: '', unread: 'has too many files', isFolder: true }) as const;
  const guardrails = async () =>
    (await kept.all()).guardrails.map(({ path, text, unread: why, keptFor }) => [
      ...[path, text],
      ...(why ? ['denies'] : []),
      ...(keptFor ? [`kept, it ${keptFor}`] : []),
    ]);
  const source2 = { ...source, file: 'deep/reeve.yaml' };
  const whole: PolicySources = {
    guardrails: [
      { path: 'a.cedar', text: 'a' },
      { path: 'deep/b.cedar', text: 'b' },
    ],
    groups: [{ name: 'pci', services: [], groups: [], source: source2 }],
  };

  it('what was read last stays, of that part alone, and as often as it happens', async () => {
    await kept.keep('shop', whole);
    for (const text of ['a2', 'a3']) {
      await kept.keep('shop', {
        guardrails: [{ path: 'c.cedar', text }, unread('deep')],
        groups: [],
      });
      expect(await guardrails()).toEqual([
        ['shop/c.cedar', text],
        ['shop/deep', '', 'kept, it has too many files'],
        ['shop/deep/b.cedar', 'b'],
      ]);
      expect((await kept.all()).groups.map(({ name }) => name)).toEqual(['pci']);
    }
    await kept.keep('shop', { guardrails: [], groups: [] });
    expect(await kept.all()).toEqual({ guardrails: [], groups: [], groupsUnread: [] });
  });

  it('nothing stays where it said nothing', async () => {
    await kept.keep('shop', { guardrails: [], groups: [] });
    await kept.keep('shop', { guardrails: [unread('.')], groups: [] });
    expect(await guardrails()).toEqual([['shop/.', '', 'kept, it has too many files']]);
  });

  it('and that never was read, everything is denied', async () => {
    for (const path of ['.', 'deep']) {
      await kept.keep('shop', { guardrails: [unread(path)], groups: [] });
      expect(await guardrails()).toEqual([[`shop/${path}`, '', 'denies']]);
    }
  });

  it('what was read now holds, and not what was read last of the same file', async () => {
    await kept.keep('shop', whole);
    await kept.keep('shop', {
      guardrails: [{ path: 'a.cedar', text: 'a2' }, unread('.')],
      groups: [],
    });
    expect(await guardrails()).toEqual([
      ['shop/a.cedar', 'a2'],
      ['shop/.', '', 'kept, it has too many files'],
      ['shop/deep/b.cedar', 'b'],
    ]);
  });
});
