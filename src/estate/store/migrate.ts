import { Fault } from '../../base/fault.ts';
import type { Engine } from './engine.ts';
import { createMigrationsTable, MIGRATIONS, type Migration } from './migrations.ts';

/** Brings a database of any earlier version (an empty one is version 0) to the newest, each step in
 *  its own transaction: killed in between, it goes on from there. Processes that share a database
 *  take turns.
 *  @throws {Fault} `estate/conflict` where a newer Reeve has migrated it */
export async function migrate(
  engine: Engine,
  at: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  await engine.write(async (transaction) => {
    await engine.words.lock(transaction, 'migrate');
    await createMigrationsTable(transaction, engine.words);
  });
  while (await takeStep(engine, at, migrations)) {
    // one step a transaction, until none is left
  }
}

/** Takes the next step, if one is left. */
function takeStep(engine: Engine, at: string, migrations: readonly Migration[]): Promise<boolean> {
  return engine.write(async (transaction) => {
    await engine.words.lock(transaction, 'migrate');
    const { newest } = await transaction
      .selectFrom('migrations')
      .select((select) => select.fn.max('version').as('newest'))
      .executeTakeFirstOrThrow();
    const version = newest ?? 0;
    if (version > migrations.length) {
      throw new Fault(
        'estate/conflict',
        `The store has schema version ${version}, and this Reeve knows versions up to ${migrations.length}`,
        { hint: 'start the newer Reeve that has migrated it, or restore an earlier backup' },
      );
    }
    const next = migrations[version];
    if (next === undefined) return false;
    await next.apply(transaction, engine.words);
    await transaction
      .insertInto('migrations')
      .values({ version: version + 1, name: next.name, applied_at: at })
      .execute();
    return true;
  });
}
