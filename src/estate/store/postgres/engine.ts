import { setTimeout } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import type { PostgresConfig } from '../config.ts';
import type { Engine } from '../engine.ts';
import type { Database, Tables } from '../tables.ts';
import { resolveTarget } from './connect.ts';
import { meaningOf, toPostgresFault } from './errors.ts';
import { createPool } from './pool.ts';
import { postgresWords } from './words.ts';

const FIRST_PAUSE_MILLISECONDS = 50;
const LONGEST_PAUSE_MILLISECONDS = 1_000;

/** PostgreSQL 15 or later, through a pool that opens connections as they are needed: a database that
 *  is away at first is found when it comes.
 *  @throws {Fault} `estate/url-not-found`, `estate/url-malformed`, `estate/tls-invalid` */
export function openPostgres(config: PostgresConfig): Engine {
  return new PostgresEngine(config);
}

class PostgresEngine implements Engine {
  readonly words = postgresWords;
  readonly #database: Database;
  readonly #place: string;
  readonly #retryMilliseconds: number;

  constructor(config: PostgresConfig) {
    const target = resolveTarget(config);
    this.#place = target.place;
    this.#retryMilliseconds = config.retrySeconds * 1_000;
    this.#database = new Kysely<Tables>({
      dialect: new PostgresDialect({ pool: createPool(config, target) }),
    });
  }

  read: Engine['read'] = (work) => this.#persist(() => work(this.#database));

  snapshot: Engine['snapshot'] = (work) =>
    this.#persist(() =>
      this.#database
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute(work),
    );

  write: Engine['write'] = (work) =>
    this.#persist(() => this.#database.transaction().execute(work));

  close(): Promise<void> {
    return this.#database.destroy();
  }

  /** Runs the work again while the database is away, for as long as the configuration says. A commit
   *  whose answer was lost may run twice, which all of the store's work allows. */
  async #persist<Result>(work: () => Promise<Result>): Promise<Result> {
    const deadline = performance.now() + this.#retryMilliseconds;
    for (let pause = FIRST_PAUSE_MILLISECONDS; ; pause = nextPause(pause)) {
      try {
        return await work();
      } catch (thrown) {
        const meaning = meaningOf(thrown);
        if (meaning === undefined) throw thrown;
        if (meaning.kind !== 'passing' || performance.now() + pause > deadline) {
          throw toPostgresFault(meaning, thrown, this.#place);
        }
        await setTimeout(pause);
      }
    }
  }
}

/** Doubles, and spreads those who wait. */
function nextPause(pause: number): number {
  return Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS) * (0.75 + Math.random() / 2);
}
