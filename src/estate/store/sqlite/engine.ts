import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import type { Engine } from '../engine.ts';
import type { Database, Tables } from '../tables.ts';
import { sqliteDialect } from './connection.ts';
import { toSqliteFault } from './errors.ts';
import { type FolderLock, lockFolder } from './lock.ts';
import { sqliteWords } from './words.ts';

const FILE = 'estate.db';
const READERS = 2;
const BUSY_MILLISECONDS = 5_000;
/** Pages kept in memory, in KiB a connection. */
const CACHE_KIB = 16 * 1024;
/** Readers look at the file through the system's cache, which counts for a third of a list's time. */
const MAPPED_BYTES = 2 ** 30;

/** Opens (and where needed creates) the embedded database of a data folder, which stays locked until
 *  it is closed. A commit is on the disk when it returns.
 *  @throws {Fault} `estate/folder-conflict`, `estate/unavailable`, `estate/damaged` */
export function openSqlite(folder: string): Engine {
  let lock: FolderLock | undefined;
  const open: DatabaseSync[] = [];
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    lock = lockFolder(folder);
    const file = join(folder, FILE);
    const writer = openWriter(file);
    open.push(writer);
    const readers = Array.from({ length: READERS }, () => openReader(file));
    open.push(...readers);
    return new SqliteEngine(folder, lock, writer, readers);
  } catch (thrown) {
    for (const database of open) database.close();
    lock?.release();
    throw toSqliteFault(thrown, folder);
  }
}

/** Opens the database of a data folder that another process may be using, to read it only.
 *  @throws {Fault} `estate/unavailable`, `estate/damaged` */
export function openSqliteReader(folder: string): Pick<Engine, 'snapshot' | 'close'> {
  const guard = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (thrown) {
      throw toSqliteFault(thrown, folder);
    }
  };
  let reader: Database | undefined;
  const open = (): Database => {
    reader ??= new Kysely<Tables>({
      dialect: sqliteDialect([openReader(join(folder, FILE), true)], 'begin deferred'),
    });
    return reader;
  };
  return {
    snapshot: (work) => guard(() => open().transaction().execute(work)),
    close: () => guard(async () => reader?.destroy()),
  };
}

function openWriter(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_MILLISECONDS });
  database.exec(`
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma foreign_keys = on;
    pragma cache_size = -${CACHE_KIB};
  `);
  return database;
}

/** Readers see the last commit and do not wait for the writer. */
function openReader(file: string, readOnly = false): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly, timeout: BUSY_MILLISECONDS });
  database.exec(`
    pragma query_only = on;
    pragma cache_size = -${CACHE_KIB};
    pragma mmap_size = ${MAPPED_BYTES};
  `);
  return database;
}

class SqliteEngine implements Engine {
  readonly words = sqliteWords;
  readonly #folder: string;
  readonly #lock: FolderLock;
  readonly #writer: Database;
  readonly #reader: Database;

  constructor(
    folder: string,
    lock: FolderLock,
    writer: DatabaseSync,
    readers: readonly DatabaseSync[],
  ) {
    this.#folder = folder;
    this.#lock = lock;
    this.#writer = new Kysely<Tables>({ dialect: sqliteDialect([writer], 'begin immediate') });
    this.#reader = new Kysely<Tables>({ dialect: sqliteDialect(readers, 'begin deferred') });
  }

  read: Engine['read'] = (work) => this.#guard(() => work(this.#reader));
  snapshot: Engine['snapshot'] = (work) =>
    this.#guard(() => this.#reader.transaction().execute(work));
  write: Engine['write'] = (work) => this.#guard(() => this.#writer.transaction().execute(work));

  async close(): Promise<void> {
    await this.#guard(async () => {
      await this.#reader.destroy();
      await this.#writer.destroy();
    });
    this.#lock.release();
  }

  async #guard<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (thrown) {
      throw toSqliteFault(thrown, this.#folder);
    }
  }
}
