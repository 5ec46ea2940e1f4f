import { Fault } from '../../base/fault.ts';
import type { AuditLog } from '../audit-log.ts';
import { readHead, readRoots, readRows, readTexts } from './audit-tree.ts';
import type { StoreConfig } from './config.ts';
import type { Engine } from './engine.ts';
import { MIGRATIONS } from './migrations.ts';
import { openSqliteReader } from './sqlite/engine.ts';

type Reader = Pick<Engine, 'snapshot' | 'close'>;

/** The audit log of a store that is only read, and that a server may be using.
 *  @throws {Fault} `estate/unavailable`, `estate/damaged`; `estate/conflict` where another version of Reeve keeps it */
export async function openAuditReader(
  config: StoreConfig,
): Promise<AuditLog & { close(): Promise<void> }> {
  const reader = await openReader(config);
  try {
    await checkVersion(reader);
  } catch (thrown) {
    await reader.close();
    throw thrown;
  }
  return {
    auditHead: () => reader.snapshot(readHead),
    auditTexts: (first, count) => reader.snapshot((read) => readTexts(read, first, count)),
    auditRows: (first, count) => reader.snapshot((read) => readRows(read, first, count)),
    auditRoots: (level, first, count) =>
      reader.snapshot((read) => readRoots(read, level, first, count)),
    close: () => reader.close(),
  };
}

async function openReader(config: StoreConfig): Promise<Reader> {
  if (config.kind === 'sqlite') return openSqliteReader(config.folder);
  const { openPostgres } = await import('./postgres/engine.ts');
  return openPostgres(config);
}

async function checkVersion(reader: Reader): Promise<void> {
  const { version } = await reader.snapshot((transaction) =>
    transaction
      .selectFrom('migrations')
      .select((select) => select.fn.max('version').as('version'))
      .executeTakeFirstOrThrow(),
  );
  if (version === MIGRATIONS.length) return;
  throw new Fault(
    'estate/conflict',
    `The store has schema version ${version ?? 0}, and this Reeve reads version ${MIGRATIONS.length}`,
    { hint: 'read it with the Reeve that runs it, or start this one on it first' },
  );
}
