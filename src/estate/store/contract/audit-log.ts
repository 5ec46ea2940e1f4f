import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  leafHash,
  proveInclusion,
  rootAt,
  subtreesOf,
  TILE_WIDTH,
  verifyInclusion,
} from '../../../base/merkle/index.ts';
import type { AuditLog } from '../../audit-log.ts';
import type { DocumentStore } from '../../document.ts';
import type { EstateStore, NewAuditEntry } from '../../store.ts';
import type { StoreFixture } from '../store.contract.ts';

const AT = '2025-03-03T00:00:00.000Z';

const entriesOf = (count: number): NewAuditEntry[] =>
  Array.from({ length: count }, (_, at) => ({
    ...{ at: AT, actor: 'reeve', action: 'issue', reason: 'ü\u0000\ud800' },
    subject: `credential-${at}`,
    detail: { z: [1, null], a: 'b' },
  }));

export function auditLogContract({ open, reopen }: StoreFixture): void {
  let store: EstateStore & DocumentStore & AuditLog;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  async function append(count: number): Promise<void> {
    await store.amend([], entriesOf(count));
  }

  const readHashes = async (level: number, first: number, count: number) =>
    level === 0
      ? (await store.auditTexts(first + 1, count)).map(({ text }) => leafHash(text))
      : store.auditRoots(level, first, count);

  test('begins with the empty tree', async () => {
    const { size, root, checkpoint } = await store.auditHead();
    expect({ size, checkpoint }).toEqual({ size: 0, checkpoint: '' });
    expect(root.toString('hex')).toMatch(/^e3b0c44298fc1c14/);
    expect(await store.auditTexts(1, 10)).toEqual([]);
  });

  test('keeps entries as canonical JSON, as they are listed', async () => {
    await append(3);
    const texts = await store.auditTexts(2, 1);
    expect(texts.map(({ sequence }) => sequence)).toEqual([2]);
    expect(texts[0]?.text).toBe(
      `{"action":"issue","actor":"reeve","at":"${AT}","detail":{"a":"b","z":[1,null]},` +
        '"reason":"ü\\u0000\\ud800","sequence":2,"subject":"credential-1"}',
    );
    const { items } = await store.audit({ limit: 10, subject: 'credential-1' });
    expect(items).toEqual([JSON.parse(texts[0]?.text ?? '')]);
  });

  test('has the root of its tree however its entries came, and proves each', async () => {
    for (const count of [1, 2, TILE_WIDTH - 3, 1, TILE_WIDTH * 2 + 5, 0]) await append(count);
    store = await reopen(store);
    await append(1);
    const { size, root } = await store.auditHead();
    expect(size).toBe(TILE_WIDTH * 3 + 7);
    const subtrees = subtreesOf(readHashes, size);
    expect(await rootAt(size, subtrees)).toEqual(root);
    for (const index of [0, TILE_WIDTH, size - 1]) {
      const [entry] = await store.auditTexts(index + 1, 1);
      const proof = await proveInclusion(index, size, subtrees);
      const leaf = leafHash(entry?.text ?? '');
      expect(verifyInclusion({ index, size, root }, leaf, proof)).toBe(true);
    }
  });

  test('of a change that fails stays as it was', async () => {
    await append(1);
    const before = await store.auditHead();
    const wrong = { kind: 'k', id: 'none', version: 4, body: 1 };
    await expect(store.amend([wrong], entriesOf(2))).rejects.toMatchObject({
      code: 'estate/document-conflict',
    });
    expect(await store.auditHead()).toEqual(before);
  });

  test('counts on where many append at once', async () => {
    await Promise.all([1, 2, 3, 4, 5].map(append));
    const { size, root } = await store.auditHead();
    expect(size).toBe(15);
    expect(await rootAt(size, subtreesOf(readHashes, size))).toEqual(root);
  });
}
