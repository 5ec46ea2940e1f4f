import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test, vi } from 'vitest';
import type { DocumentStore, EstateStore } from '../../../estate/index.ts';
import { openStore } from '../../../estate/store/index.ts';
import { entryOf } from '../entries.ts';
import { emptyState } from '../model.ts';
import { MemoryAuthorityStore } from '../testing/memory-store.ts';
import { DocumentAuthorityStore } from './index.ts';
import { authorityStoreContract } from './store.contract.ts';
import { parseStored, toStored } from './stored-state.ts';

const root = mkdtempSync(join(tmpdir(), 'reeve-authorities-'));
const opened: (EstateStore & DocumentStore)[] = [];
afterAll(async () => {
  for (const store of opened) await store.close();
  rmSync(root, { recursive: true, force: true });
});
async function openEstate() {
  const store = await openStore({ kind: 'sqlite', folder: mkdtempSync(join(root, 'data-')) });
  opened.push(store);
  return store;
}

describe('authorities in memory', () =>
  authorityStoreContract(async () => new MemoryAuthorityStore()));

describe("authorities in the estate's store", () => {
  authorityStoreContract(async () => new DocumentAuthorityStore(await openEstate()));

  test('are counted on where another process has counted', async () => {
    const estate = await openEstate();
    const [one, two] = [new DocumentAuthorityStore(estate), new DocumentAuthorityStore(estate)];
    const count = { service: 's', what: 'x509' } as const;
    for (let turn = 0; turn < 3; turn++) {
      await one.record([], [count]);
      await two.record([], [count]);
    }
    expect(await new DocumentAuthorityStore(estate).counts()).toEqual(
      new Map([['s', { x509: 6, jwt: 0, refused: 0 }]]),
    );
  });

  describe('that many ask for at once', () => {
    const count = { service: 's', what: 'x509' } as const;
    const entryOfTurn = (turn: number) =>
      entryOf('identity.issue', `spiffe://example.org/${turn}`, {}, { actor: 'a', reason: '' }, 0);
    const records = (store: DocumentAuthorityStore, many: number) =>
      Promise.allSettled(
        Array.from({ length: many }, (_, turn) => store.record([entryOfTurn(turn)], [count])),
      );

    test('are recorded in a few transactions, in their order', async () => {
      const estate = await openEstate();
      const amend = vi.spyOn(estate, 'amend');
      const store = new DocumentAuthorityStore(estate);
      await records(store, 1_200);
      expect(amend).toHaveBeenCalledTimes(3);
      expect((await store.counts()).get('s')).toMatchObject({ x509: 1_200 });
      const { items } = await estate.audit({ limit: 1_000 });
      expect(items.slice(0, 2).map(({ subject }) => subject)).toEqual([
        'spiffe://example.org/1199',
        'spiffe://example.org/1198',
      ]);
    });

    test('fail together where their transaction does, and nobody else', async () => {
      const estate = await openEstate();
      const store = new DocumentAuthorityStore(estate);
      vi.spyOn(estate, 'amend').mockRejectedValueOnce(new Error('the disk is full'));
      const answers = await records(store, 600);
      expect(answers.map(({ status }) => status)).toEqual([
        ...Array<string>(500).fill('rejected'),
        ...Array<string>(100).fill('fulfilled'),
      ]);
      expect((await store.counts()).get('s')).toMatchObject({ x509: 100 });
    });
  });
});

describe('a state that is kept', () => {
  const stored = toStored(emptyState('example.org'));

  it.each([
    ['nothing', undefined],
    ['another format', { ...stored, format: 2 }],
    ['a member too many', { ...stored, more: 1 }],
    ['a member of another type', { ...stored, sequence: '1' }],
    ['another trust domain', { ...stored, trustDomain: 'other.example' }],
    ['authorities that are none', { ...stored, authorities: [{ id: 'x' }] }],
  ])('is not read from %s', (_, odd) => {
    expect(() => parseStored(odd, 'example.org')).toThrow(
      expect.objectContaining({ code: 'identity/authority-damaged' }),
    );
  });
});
