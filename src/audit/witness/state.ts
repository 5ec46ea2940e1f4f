import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Fault, messageOf, quote } from '../../base/fault.ts';
import type { WitnessState } from './witness.ts';

const FILE = 'witness.db';
const BUSY_MILLISECONDS = 5_000;

/** What a witness has signed, in a folder of its own. Several processes may use it at once.
 *  @throws {Fault} `data/unavailable` */
export function openWitnessState(folder: string): WitnessState & { close(): void } {
  const database = open(folder);
  const read = database.prepare('select note from logs where origin = ?');
  const first = database.prepare('insert into logs values (?, ?) on conflict do nothing');
  const next = database.prepare('update logs set note = ? where origin = ? and note = ?');
  return {
    latest: (origin) => {
      const row = read.get(origin);
      return row === undefined ? undefined : String(row.note);
    },
    advance: (origin, from, to) => {
      const { changes } = from === undefined ? first.run(origin, to) : next.run(to, origin, from);
      return Number(changes) === 1;
    },
    close: () => database.close(),
  };
}

function open(folder: string): DatabaseSync {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(join(folder, FILE), { timeout: BUSY_MILLISECONDS });
    database.exec(`
      pragma journal_mode = wal;
      pragma synchronous = full;
      create table if not exists logs (origin text primary key, note text not null) strict;
    `);
    return database;
  } catch (thrown) {
    const why = `${quote(folder, 200)} cannot be used: ${messageOf(thrown)}`;
    throw new Fault('data/unavailable', why, { hint: 'name another folder with --data' });
  }
}
