import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DECISIONS_SCOPE, type DecisionChange } from '../store.ts';
import { auditAppender } from './audit.ts';
import { NO_SEAL } from './audit-tree.ts';
import { makeChanges, readDecisions } from './decisions.ts';
import { migrate } from './migrate.ts';
import { openSqlite } from './sqlite/engine.ts';

const AT = '2025-03-03T00:00:00.000Z';
const entry = { at: AT, actor: 'admin', action: 'a', subject: 'x', reason: '', detail: {} };
const decision = { endpoint: 'x', action: 'adopt', by: 'admin', at: AT, reason: '' } as const;
const decided: DecisionChange = {
  change: 'decide',
  decision,
  fact: {
    entity: 'endpoint',
    id: 'x',
    service: 's',
    protocol: 'http',
    method: 'GET',
    template: '/',
    source: { reader: DECISIONS_SCOPE, how: 'declared' },
  },
  entry,
};
const undone: DecisionChange = { change: 'undo', endpoint: 'x', action: 'block', entry };
const undoneAgain: DecisionChange = { change: 'undo', endpoint: 'x', action: 'adopt', entry };

test('changes whose acknowledgement was lost are made once, and give the same entries again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-decisions-'));
  const engine = openSqlite(folder);
  try {
    await migrate(engine, AT);
    const make = (changes: readonly DecisionChange[], name: string) =>
      engine.write((transaction) =>
        makeChanges(
          transaction,
          { words: engine.words, append: auditAppender(NO_SEAL) },
          changes,
          name,
        ),
      );
    const changes = [decided, undone];
    const first = await make(changes, 'one');
    expect(first).toEqual([{ sequence: 1, ...entry }, undefined]);
    await make([undoneAgain], 'two');
    expect(await make(changes, 'one')).toEqual(first);
    expect(await engine.snapshot((reader) => readDecisions(reader, 'endpoint', 'x'))).toEqual([]);
    expect(await make(changes, 'three')).toEqual([{ sequence: 3, ...entry }, undefined]);
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
