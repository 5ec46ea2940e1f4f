import { systemClock, toTimestamp } from '../../base/clock.ts';
import type { AuditLog, AuditSeal } from '../audit-log.ts';
import type { DocumentStore } from '../document.ts';
import type { EstateStore } from '../store.ts';
import { sealTree } from './audit-tree.ts';
import type { StoreConfig } from './config.ts';
import type { Engine } from './engine.ts';
import { migrate } from './migrate.ts';
import { SqlStore } from './sql-store.ts';
import { openSqlite } from './sqlite/engine.ts';

export { openAuditReader } from './audit-reader.ts';
export { StoreConfig } from './config.ts';

/** Opens the estate's store, which keeps documents too, and brings its schema up to date.
 *  @throws {Fault} `estate/folder-conflict` where another process uses the data folder,
 *  `estate/conflict` where a newer Reeve has migrated it, `estate/unavailable`, `estate/damaged`
 *  @param seal vouches for the audit log, from now on with each change */
export async function openStore(
  config: StoreConfig,
  seal?: AuditSeal,
): Promise<EstateStore & DocumentStore & AuditLog> {
  const engine = await openEngine(config);
  try {
    await migrate(engine, toTimestamp(systemClock()));
    if (seal) await sealHead(engine, seal);
    return new SqlStore(engine, seal);
  } catch (thrown) {
    await engine.close();
    throw thrown;
  }
}

/** Whoever opens the store vouches for the log that is there. */
function sealHead(engine: Engine, seal: AuditSeal): Promise<void> {
  return engine.write(async (transaction) => {
    await engine.words.lock(transaction, 'decide');
    await sealTree(transaction, seal);
  });
}

async function openEngine(config: StoreConfig): Promise<Engine> {
  if (config.kind === 'sqlite') return openSqlite(config.folder);
  const { openPostgres } = await import('./postgres/engine.ts');
  return openPostgres(config);
}
