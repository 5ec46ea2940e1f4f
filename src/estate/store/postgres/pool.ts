import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import { DatabaseError, Pool, type PoolClient } from 'pg';
import type { PostgresConfig } from '../config.ts';
import type { Target } from './connect.ts';
import { ConnectionLost } from './errors.ts';

/** Over the statement's own limit, so that the database gets to say it first. */
const GRACE_SECONDS = 5;

/** A pool in which nothing waits for ever: connecting, each statement, an answer that never comes and
 *  a transaction that was left open all have a limit. What the database says is thrown as it is
 *  (`DatabaseError`), everything else as `ConnectionLost`. */
export function createPool(config: PostgresConfig, { connection }: Target): PostgresPool {
  const statementMilliseconds = config.statementSeconds * 1_000;
  const pool = new Pool({
    ...connection,
    max: config.poolSize,
    application_name: 'reeve',
    connectionTimeoutMillis: config.connectSeconds * 1_000,
    statement_timeout: statementMilliseconds,
    query_timeout: statementMilliseconds + GRACE_SECONDS * 1_000,
    idle_in_transaction_session_timeout: statementMilliseconds + GRACE_SECONDS * 1_000,
    keepAlive: true,
  });
  // a connection that breaks while it is idle has left the pool already
  pool.on('error', () => {});
  return {
    connect: async () => {
      try {
        return new PooledClient(await pool.connect());
      } catch (thrown) {
        throw toLost(thrown);
      }
    },
    end: () => pool.end(),
  };
}

/** Throws a connection away where anything but the database's own answer has come over it: the answer
 *  to an earlier question might still arrive. */
class PooledClient implements PostgresPoolClient {
  readonly #client: PoolClient;
  #isBroken = false;
  readonly #onError = () => {
    this.#isBroken = true;
  };

  constructor(client: PoolClient) {
    this.#client = client;
    client.on('error', this.#onError);
  }

  // Kysely asks for cursors only where its dialect was given a cursor class
  query = (async (sql: string, parameters: readonly unknown[]) => {
    if (this.#isBroken) throw new ConnectionLost(undefined);
    try {
      return await this.#client.query(sql, [...parameters]);
    } catch (thrown) {
      const error = toLost(thrown);
      if (error instanceof ConnectionLost || error.severity !== 'ERROR') this.#isBroken = true;
      throw error;
    }
  }) as (
    sql: unknown,
    parameters?: unknown,
  ) => Promise<PostgresQueryResult<unknown>> as PostgresPoolClient['query'];

  release(): void {
    this.#client.off('error', this.#onError);
    this.#client.release(this.#isBroken);
  }
}

function toLost(thrown: unknown): DatabaseError | ConnectionLost {
  return thrown instanceof DatabaseError ? thrown : new ConnectionLost(thrown);
}
