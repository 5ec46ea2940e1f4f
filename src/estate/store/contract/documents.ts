import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DocumentChange, DocumentStore } from '../../document.ts';
import type { EstateStore, NewAuditEntry } from '../../store.ts';
import type { StoreFixture } from '../store.contract.ts';

const AT = '2025-03-03T00:00:00.000Z';
const KIND = 'authority';

function entry(action: string): NewAuditEntry {
  return { at: AT, actor: 'reeve', action, subject: 'example.org', reason: '', detail: {} };
}

function change(id: string, version: number, body: unknown): DocumentChange {
  return { kind: KIND, id, version, body };
}

export function documentsContract({ open, reopen }: StoreFixture): void {
  let store: EstateStore & DocumentStore;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  test('are kept with the audit log, and count their changes', async () => {
    const odd = { text: 'a\u0000\ud800', list: [1, null], deep: { ü: true } };
    const made = await store.amend([change('a', 0, odd), change('b', 0, 'x')], [entry('make')]);
    expect(made).toEqual([{ sequence: 1, ...entry('make') }]);
    await store.amend([change('b', 1, 'y')], []);
    await store.amend([{ ...change('a', 0, 0), kind: 'another' }], [entry('make')]);
    store = await reopen(store);
    expect(await store.documents(KIND)).toEqual([
      { kind: KIND, id: 'a', version: 1, body: odd },
      { kind: KIND, id: 'b', version: 2, body: 'y' },
    ]);
    expect(await store.documents('none')).toEqual([]);
    expect(await store.document(KIND, 'a')).toEqual({ kind: KIND, id: 'a', version: 1, body: odd });
    expect(await store.document('another', 'a')).toMatchObject({ version: 1, body: 0 });
    expect(await store.document(KIND, 'none')).toBeUndefined();
    expect((await store.audit({ limit: 9 })).items.map(({ sequence }) => sequence)).toEqual([2, 1]);
  });

  test('are removed', async () => {
    await store.amend([change('a', 0, 1), change('b', 0, 2)], []);
    await store.amend([change('a', 1, undefined)], [entry('remove')]);
    expect((await store.documents(KIND)).map(({ id }) => id)).toEqual(['b']);
    expect(await store.document(KIND, 'a')).toBeUndefined();
    await store.amend([change('a', 0, 3)], []);
    expect(await store.documents(KIND)).toHaveLength(2);
  });

  test.for([
    ['made twice', change('a', 0, 'other')],
    ['changed from an older version', change('a', 1, 'other')],
    ['changed from a newer version', change('a', 3, 'other')],
    ['removed in an older version', change('a', 1, undefined)],
    ['changed without being there', change('none', 1, 'other')],
    ['removed without being there', change('none', 1, undefined)],
  ] as const)('that are %s keep everything as it was', async ([, wrong]) => {
    await store.amend([change('a', 0, 'first')], []);
    await store.amend([change('a', 1, 'second')], []);
    const all = [change('b', 0, 'new'), wrong];
    await expect(store.amend(all, [entry('change')])).rejects.toMatchObject({
      code: 'estate/document-conflict',
    });
    expect(await store.documents(KIND)).toEqual([
      { kind: KIND, id: 'a', version: 2, body: 'second' },
    ]);
    expect((await store.audit({ limit: 9 })).total).toBe(0);
  });

  test('of ids that are very long, or have odd characters in them, stay apart', async () => {
    const ids = ['x'.repeat(5_000), `${'x'.repeat(5_000)}y`, '\u0000', '\ufffd0000', ' '];
    await store.amend(
      ids.map((id) => change(id, 0, id)),
      [],
    );
    const kept = await store.documents(KIND);
    expect(new Set(kept.map(({ id }) => id))).toEqual(new Set(ids));
    expect(kept.every(({ id, body }) => id === body)).toBe(true);
    for (const id of ids) expect((await store.document(KIND, id))?.body).toBe(id);
  });

  test('may be left as they are while entries are appended, as many as there are', async () => {
    expect(await store.amend([], [])).toEqual([]);
    const entries = Array.from({ length: 1_200 }, (_, index) => entry(`issue-${index}`));
    const appended = await store.amend([], entries);
    expect(appended.at(-1)).toEqual({ sequence: 1_200, ...entry('issue-1199') });
    expect((await store.audit({ limit: 1 })).total).toBe(1_200);
  });

  test('are asked for their versions alone, as many as there are', async () => {
    const ids = [
      'a',
      '\u0000',
      'x'.repeat(5_000),
      ...Array.from({ length: 600 }, (_, at) => `n-${at}`),
    ];
    await store.amend(
      ids.map((id) => change(id, 0, id)),
      [],
    );
    await store.amend([change('a', 1, 'again')], []);
    const versions = await store.documentVersions(KIND, [...ids, 'none', 'a']);
    expect([...versions]).toHaveLength(ids.length);
    expect(versions).toEqual(new Map(ids.map((id) => [id, id === 'a' ? 2 : 1])));
    expect(await store.documentVersions('none', ids)).toEqual(new Map());
    expect(await store.documentVersions(KIND, [])).toEqual(new Map());
  });

  test('may be left as they are by several who append at once, each told of its own entries', async () => {
    const names = Array.from({ length: 40 }, (_, at) => `issue-${at}`);
    const appended = await Promise.all(names.map((name) => store.amend([], [entry(name)])));
    expect(appended.map(([one]) => one?.action)).toEqual(names);
    const numbers = appended.map(([one]) => one?.sequence ?? 0);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(names.map((_, at) => at + 1));
  });

  test('that several change at once are changed by one of them', async () => {
    await store.amend([change('a', 0, 'first')], []);
    const results = await Promise.allSettled(
      [1, 2, 3, 4].map((number) => store.amend([change('a', 1, number)], [entry(`e-${number}`)])),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await store.documents(KIND))[0]?.version).toBe(2);
    expect((await store.audit({ limit: 9 })).total).toBe(1);
  });
}
