import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Fault, messageOf, quote } from '../../../base/fault.ts';
import { type KeptTrace, mergeTraces } from '../kept-trace.ts';
import type { TraceStoreLimits } from '../limits.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { TracePage, TraceQuery, TraceStore, TraceSummary, TraceTotals } from './port.ts';
import { expired, type StoredTrace } from './retention.ts';
import { summaryOf } from './summary.ts';
import { packTrace, unpackTrace } from './trace-body.ts';

const FILE = 'traces.db';
const VERSION = 1;
const BUSY_MILLISECONDS = 5_000;
const MAX_WAL_BYTES = 16 * 1024 * 1024;
/** Pages given back to the system after each look at what may go. */
const FREED_PAGES = 2_000;

/** `words` finds traces by their services and reasons. */
const SCHEMA = `
  create table traces (
    id text primary key,
    first_at real not null,
    bytes integer not null,
    summary text not null,
    body blob not null
  ) strict;
  create index traces_by_time on traces (first_at desc, id, bytes);
  create table words (
    word text not null,
    id text not null,
    primary key (word, id)
  ) strict, without rowid;
  create index words_by_trace on words (id);
`;

/** Kept traces in `traces.db` of a folder. What was put is there after the process is killed.
 *  @param maxSpans of one trace
 *  @throws {Fault} `tracing/store-unavailable` */
export function openTraceFile(
  folder: string,
  limits: TraceStoreLimits,
  maxSpans: number,
): TraceStore {
  const file = join(folder, FILE);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new SqliteTraces(open(file), limits, maxSpans);
  } catch (thrown) {
    throw new Fault(
      'tracing/store-unavailable',
      `Kept traces cannot be used in ${quote(file, 200)}: ${messageOf(thrown)}`,
      { hint: 'see that the folder can be written, or move the file away: it holds traces alone' },
    );
  }
}

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_MILLISECONDS });
  try {
    database.exec(`
      pragma auto_vacuum = incremental;
      pragma journal_mode = wal;
      pragma synchronous = normal;
      pragma journal_size_limit = ${MAX_WAL_BYTES};
      begin immediate;
    `);
    const { user_version: version } = database.prepare('pragma user_version').get() ?? {};
    if (version === 0) database.exec(`${SCHEMA} pragma user_version = ${VERSION};`);
    else if (version !== VERSION) throw new Error(`it is of version ${version} of its schema`);
    database.exec('commit');
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

class SqliteTraces implements TraceStore {
  readonly #database: DatabaseSync;
  readonly #limits: TraceStoreLimits;
  readonly #maxSpans: number;

  constructor(database: DatabaseSync, limits: TraceStoreLimits, maxSpans: number) {
    this.#database = database;
    this.#limits = limits;
    this.#maxSpans = maxSpans;
  }

  put(traces: readonly KeptTrace[]): void {
    this.#transaction(() => {
      for (const trace of traces) this.#put(trace);
    });
  }

  get(id: string): KeptTrace | undefined {
    const row = this.#database.prepare('select body from traces where id = ?').get(id);
    return row === undefined ? undefined : unpackTrace(id, row.body as Uint8Array);
  }

  list(query: TraceQuery): TracePage {
    const { where, values } = conditionsOf(query);
    const rows = this.#database
      .prepare(`select summary from traces ${where} order by first_at desc, id limit ?`)
      .all(...values, query.limit + 1);
    const found = rows.map(({ summary }) => JSON.parse(String(summary)) as TraceSummary);
    const traces = found.slice(0, query.limit);
    const last = traces.at(-1);
    return { traces, next: last && found.length > query.limit ? writeCursor(last) : null };
  }

  prune(now: number, held: ReadonlySet<string>): number {
    let gone = 0;
    this.#transaction(() => {
      const oldestFirst = () => this.#oldestFirst();
      const ids = [...expired(oldestFirst, this.totals(), this.#limits, now, held)];
      for (const id of ids) this.#drop(id);
      gone = ids.length;
    });
    this.#database.exec(`pragma incremental_vacuum(${FREED_PAGES})`);
    return gone;
  }

  totals(): TraceTotals {
    const row = this.#database
      .prepare('select count(*) as traces, coalesce(sum(bytes), 0) as bytes from traces')
      .get();
    return { traces: Number(row?.traces), bytes: Number(row?.bytes) };
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #put(trace: KeptTrace): void {
    const before = this.#undamaged(trace.id);
    const whole = before ? mergeTraces(before, trace, this.#maxSpans) : trace;
    const body = packTrace(whole);
    this.#drop(trace.id);
    this.#database
      .prepare('insert into traces values (?, ?, ?, ?, ?)')
      .run(trace.id, whole.firstTime, body.length, JSON.stringify(summaryOf(whole)), body);
    const addWord = this.#database.prepare(
      'insert into words values (?, ?) on conflict do nothing',
    );
    for (const service of whole.services) addWord.run(serviceWord(service), trace.id);
    for (const reason of whole.reasons) addWord.run(reasonWord(reason), trace.id);
  }

  /** What is damaged on the disk makes way. */
  #undamaged(id: string): KeptTrace | undefined {
    try {
      return this.get(id);
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code === 'tracing/trace-malformed') return undefined;
      throw thrown;
    }
  }

  #drop(id: string): void {
    this.#database.prepare('delete from words where id = ?').run(id);
    this.#database.prepare('delete from traces where id = ?').run(id);
  }

  *#oldestFirst(): Generator<StoredTrace> {
    const rows = this.#database
      .prepare('select id, first_at, bytes from traces order by first_at, id desc')
      .iterate();
    for (const { id, first_at, bytes } of rows) {
      yield { id: String(id), firstTime: Number(first_at), bytes: Number(bytes) };
    }
  }

  #transaction(work: () => void): void {
    this.#database.exec('begin immediate');
    try {
      work();
      this.#database.exec('commit');
    } catch (thrown) {
      if (this.#database.isTransaction) this.#database.exec('rollback');
      throw thrown;
    }
  }
}

function conditionsOf({ from, to, service, reason, after }: TraceQuery): {
  readonly where: string;
  readonly values: readonly SQLInputValue[];
} {
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (condition: string, ...more: readonly SQLInputValue[]): void => {
    conditions.push(condition);
    values.push(...more);
  };
  const hasWord = 'exists (select 1 from words where word = ? and words.id = traces.id)';
  if (from !== undefined) add('first_at >= ?', from);
  if (to !== undefined) add('first_at < ?', to);
  if (service !== undefined) add(hasWord, serviceWord(service));
  if (reason !== undefined) add(hasWord, reasonWord(reason));
  if (after !== undefined) {
    const { firstTime, id } = readCursor(after);
    add('(first_at < ? or (first_at = ? and id > ?))', firstTime, firstTime, id);
  }
  return { where: conditions.length > 0 ? `where ${conditions.join(' and ')}` : '', values };
}

const serviceWord = (service: string) => `service ${service}`;
const reasonWord = (reason: string) => `reason ${reason}`;
