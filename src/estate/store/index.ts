import { systemClock, toTimestamp } from '../../base/clock.ts';
import type { DocumentStore } from '../document.ts';
import type { EstateStore } from '../store.ts';
import type { StoreConfig } from './config.ts';
import type { Engine } from './engine.ts';
import { migrate } from './migrate.ts';
import { SqlStore } from './sql-store.ts';
import { openSqlite } from './sqlite/engine.ts';

export { StoreConfig } from './config.ts';

/** Opens the estate's store, which keeps documents too, and brings its schema up to date.
 *  @throws {Fault} `estate/folder-conflict` where another process uses the data folder,
 *  `estate/conflict` where a newer Reeve has migrated it, `estate/unavailable`, `estate/damaged` */
export async function openStore(config: StoreConfig): Promise<EstateStore & DocumentStore> {
  const engine = await openEngine(config);
  try {
    await migrate(engine, toTimestamp(systemClock()));
    return new SqlStore(engine);
  } catch (thrown) {
    await engine.close();
    throw thrown;
  }
}

async function openEngine(config: StoreConfig): Promise<Engine> {
  if (config.kind === 'sqlite') return openSqlite(config.folder);
  const { openPostgres } = await import('./postgres/engine.ts');
  return openPostgres(config);
}
