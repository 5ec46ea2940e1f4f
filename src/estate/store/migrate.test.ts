import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StoreConfig } from './config.ts';
import type { Engine } from './engine.ts';
import { foldFacts, readFacts } from './facts.ts';
import { readPage } from './list.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS, type Migration } from './migrations.ts';
import { openPostgres } from './postgres/engine.ts';
import { SqlStore } from './sql-store.ts';
import { openSqlite } from './sqlite/engine.ts';
import { anEstate } from './testing/estate.ts';
import { startPostgres, type TestPostgres } from './testing/postgres.ts';

const AT = '2025-03-03T00:00:00.000Z';
const LATER = '2025-03-04T00:00:00.000Z';
const fact = {
  entity: 'weakness',
  id: 'w',
  subject: 'production',
  control: 'c',
  object: 'o',
  message: 'm',
  source: { reader: 'kubernetes', how: 'configured' },
} as const;

/** A later version as a test imagines it: a new column, filled from what is there, and an index. */
const NEXT: Migration = {
  name: 'facts know their length',
  apply: async (transaction) => {
    await transaction.schema.alterTable('facts').addColumn('size', 'integer').execute();
    await sql`update facts set size = length(body)`.execute(transaction);
    await transaction.schema.createIndex('facts_size').on('facts').column('size').execute();
  },
};
const BROKEN: Migration = {
  name: 'half done',
  apply: async (transaction) => {
    await transaction.schema.createTable('half').addColumn('id', 'text').execute();
    throw new RangeError('broke in the middle');
  },
};

const root = mkdtempSync(join(tmpdir(), 'reeve-migrate-'));
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  rmSync(root, { recursive: true, force: true });
  await postgres?.close();
});

const ENGINES: Record<string, () => Promise<Engine>> = {
  SQLite: async () => openSqlite(mkdtempSync(join(root, 'data-'))),
  PostgreSQL: async () => {
    process.env.REEVE_TEST_MIGRATE_URL = await postgres.createDatabase();
    const config = StoreConfig.parse({ kind: 'postgres', urlVariable: 'REEVE_TEST_MIGRATE_URL' });
    if (config.kind !== 'postgres') throw new TypeError('not PostgreSQL');
    return openPostgres(config);
  },
};

function versions(engine: Engine) {
  return engine.read((database) =>
    database.selectFrom('migrations').selectAll().orderBy('version').execute(),
  );
}

describe.for(Object.entries(ENGINES))('in %s', ([, open]) => {
  const withEngine = async (use: (engine: Engine) => Promise<void>) => {
    const engine = await open();
    try {
      await use(engine);
    } finally {
      await engine.close();
    }
  };

  test('an empty database is brought to the newest version, and a second time changes nothing', () =>
    withEngine(async (engine) => {
      await migrate(engine, AT);
      await migrate(engine, LATER);
      expect(await versions(engine)).toEqual(
        MIGRATIONS.map(({ name }, index) => ({ version: index + 1, name, applied_at: AT })),
      );
    }));

  const all = [...MIGRATIONS, NEXT];
  const earlier = Array.from({ length: all.length }, (_, version) => version);
  test.for(earlier)('a database of version %i goes forward and keeps what it holds', (version) =>
    withEngine(async (engine) => {
      await migrate(engine, AT, all.slice(0, version));
      if (version > 0) {
        await engine.write((transaction) =>
          foldFacts(transaction, engine.words, { scope: 'scan', facts: [fact], at: AT }),
        );
      }
      await migrate(engine, LATER, all);
      expect((await versions(engine)).map((row) => [row.version, row.applied_at])).toEqual(
        all.map((_, index) => [index + 1, index < version ? AT : LATER]),
      );
      expect(await engine.snapshot(readFacts)).toEqual(
        version > 0 ? [{ fact, firstSeen: AT, lastSeen: AT }] : [],
      );
    }),
  );

  test('endpoints of the first version stay listed, with what later ones say of them', () =>
    withEngine(async (engine) => {
      await migrate(engine, AT, all.slice(0, 1));
      const first = `'{"id":"x","observed":true}', 'shop', 'x', 'x', 'd'`;
      const second = `'{"id":"y","observed":false}', 'shop', 'y', 'y', 'd'`;
      await engine.write((transaction) =>
        sql`insert into endpoints (body, service, id, position, digest, search)
          select item.*, '' from (select ${sql.raw(first)} union all select ${sql.raw(second)}) item
        `.execute(transaction),
      );
      await migrate(engine, LATER);
      const page = await engine.snapshot((reader) =>
        readPage(reader, engine.words, 'endpoints', { limit: 9, filter: { observed: 'true' } }),
      );
      expect(page.items.map(({ body }) => JSON.parse(body))).toEqual([
        {
          ...{ id: 'x', observed: true, criticalityBecause: null, visibility: 'shown' },
          ...{ traffic: null, changes: [], blocked: false, decisions: [], review: null },
          elsewhere: [],
        },
      ]);
      const store = new SqlStore(engine);
      expect((await store.endpoints({ limit: 9, filter: { service: 'shop' } })).total).toBe(2);
      await store.publish(anEstate(), LATER);
      expect((await store.endpoints({ limit: 9 })).total).toBe(0);
    }));

  test('a step that breaks leaves the version before it, and is taken when it is mended', () =>
    withEngine(async (engine) => {
      await migrate(engine, AT);
      await expect(migrate(engine, LATER, [...MIGRATIONS, BROKEN])).rejects.toThrow(
        'in the middle',
      );
      expect(await versions(engine)).toHaveLength(MIGRATIONS.length);
      const mended = { ...BROKEN, apply: NEXT.apply };
      await migrate(engine, LATER, [...MIGRATIONS, mended]);
      expect((await versions(engine)).at(-1)).toMatchObject({ name: 'half done' });
    }));

  test('a database that a newer program has migrated is refused', () =>
    withEngine(async (engine) => {
      await migrate(engine, AT, all);
      await expect(migrate(engine, LATER)).rejects.toMatchObject({
        code: 'estate/conflict',
        message: `The store has schema version ${all.length}, and this Reeve knows versions up to ${MIGRATIONS.length}`,
      });
    }));
});

test('processes that start together on one PostgreSQL take turns', async () => {
  process.env.REEVE_TEST_MIGRATE_URL = await postgres.createDatabase();
  const config = StoreConfig.parse({ kind: 'postgres', urlVariable: 'REEVE_TEST_MIGRATE_URL' });
  if (config.kind !== 'postgres') throw new TypeError('not PostgreSQL');
  const engines = [1, 2, 3, 4].map(() => openPostgres(config));
  try {
    await Promise.all(engines.map((engine) => migrate(engine, AT, [...MIGRATIONS, NEXT])));
    for (const engine of engines)
      expect(await versions(engine)).toHaveLength(MIGRATIONS.length + 1);
  } finally {
    await Promise.all(engines.map((engine) => engine.close()));
  }
});
