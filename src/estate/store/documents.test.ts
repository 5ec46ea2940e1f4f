import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DocumentChange } from '../document.ts';
import type { NewAuditEntry } from '../store.ts';
import { auditAppender } from './audit.ts';
import { NO_SEAL } from './audit-tree.ts';
import { amendDocuments, readDocuments } from './documents.ts';
import type { Engine } from './engine.ts';
import { migrate } from './migrate.ts';
import { openSqlite } from './sqlite/engine.ts';

const AT = '2025-03-03T00:00:00.000Z';
const entry: NewAuditEntry = {
  ...{ at: AT, actor: 'reeve', action: 'a', subject: 'x', reason: '', detail: {} },
};
const folder = mkdtempSync(join(tmpdir(), 'reeve-documents-'));
let engine: Engine;
beforeAll(async () => {
  engine = openSqlite(folder);
  await migrate(engine, AT);
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const make = (
  change: string,
  changes: readonly DocumentChange[],
  entries: readonly NewAuditEntry[] = [],
) =>
  engine.write((transaction) =>
    amendDocuments(
      transaction,
      { words: engine.words, append: auditAppender(NO_SEAL) },
      { changes, entries, change },
    ),
  );
const document = (version: number, body: unknown) => ({ kind: 'k', id: 'x', version, body });

test('changes whose acknowledgement was lost are made once, and give the same entries again', async () => {
  const first = await make('one', [document(0, 'a')], [entry]);
  expect(await make('one', [document(0, 'a')], [entry])).toEqual(first);
  await make('two', [document(1, 'b')]);
  expect(await make('two', [document(1, 'b')])).toEqual([]);
  const removed = await make('three', [document(2, undefined)], [entry]);
  expect(await make('three', [document(2, undefined)], [entry])).toEqual(removed);
  expect([...first, ...removed].map(({ sequence }) => sequence)).toEqual([1, 2]);
  expect(await engine.snapshot((reader) => readDocuments(reader, 'k'))).toEqual([]);
});
