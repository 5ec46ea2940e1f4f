import type { AliasedRawBuilder, RawBuilder } from 'kysely';
import type { Database, DatabaseTransaction } from './tables.ts';

/** A database under the store: what SQLite and PostgreSQL do each in their own way. Everything else
 *  is said once, in Kysely. */
export interface Engine {
  readonly words: SqlWords;
  /** Runs queries that change nothing. Given work may run more than once.
   *  @throws {Fault} `estate/unavailable` */
  read<Result>(work: (database: Database) => Promise<Result>): Promise<Result>;
  /** One transaction, durable when the promise resolves. Given work may run more than once (a
   *  transaction that lost its connection is run again), so it has no effects of its own.
   *  @throws {Fault} `estate/unavailable` */
  write<Result>(work: (transaction: DatabaseTransaction) => Promise<Result>): Promise<Result>;
  /** A snapshot over several reads. */
  snapshot<Result>(work: (transaction: DatabaseTransaction) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** Locks by which writers wait for each other where several processes share the database. */
export type LockName = 'migrate' | 'replace' | 'publish' | 'decide';

/** A row whose every column is text. */
export type TextRow = Readonly<Record<string, string | null>>;

/** The SQL words in which the two databases differ. */
export interface SqlWords {
  /** The type of columns that are compared and sorted: text by code point. */
  readonly keyType: RawBuilder<unknown>;
  /** The type of a key that counts up by itself. */
  readonly sequenceType: RawBuilder<unknown>;
  /** Bulk values as a derived table `item`: names and JSON texts (`key`, `value`). */
  pairs(
    pairs: ReadonlyMap<string, string>,
  ): AliasedRawBuilder<{ key: string; value: string }, 'item'>;
  /** Texts (`value`). */
  texts(texts: readonly string[]): AliasedRawBuilder<{ value: string }, 'item'>;
  /** Rows of these columns. */
  rows(columns: readonly string[], rows: readonly TextRow[]): AliasedRawBuilder<TextRow, 'item'>;
  /** Whether a column holds a text, case counting. */
  contains(column: string, text: string): RawBuilder<boolean>;
  readonly earlier: 'min' | 'least';
  readonly later: 'max' | 'greatest';
  /** Held until the transaction ends. */
  lock(transaction: DatabaseTransaction, name: LockName): Promise<void>;
}
