import { z } from 'zod';
import type { TracingNames } from '../names.ts';
import type { Steps } from '../steps.ts';
import type { Rows } from './rows.ts';
import { malformed, packSnapshot, unpackSnapshot } from './stored-bytes.ts';
import { type Renumber, renumber, StoredNames, storeNames, UsedNumbers } from './stored-names.ts';
import { careOf, type FieldCare, type PairPlan, PLANS, type RowPlan } from './stored-tables.ts';
import type { Tables } from './tables.ts';

const Header = z.strictObject({
  version: z.literal(1),
  now: z.number().min(0),
  latest: z.number().min(0),
  names: StoredNames,
  tables: z.array(
    z.strictObject({ name: z.string(), stride: z.int().min(1), rows: z.int().min(0) }),
  ),
});

export interface Clocks {
  readonly now: number;
  readonly latest: number;
}

/** Rows that are looked at in one step. */
const STEP_ROWS = 8_192;

/** All that was learnt, as bytes. What led to what just now is not in it: numbers of hops are those of one run. What is
 *  learnt between two steps may be in it or not: rows stand for themselves, and numbers are never given to others. */
export function* takeSnapshot(
  tables: Tables,
  names: TracingNames,
  clocks: Clocks,
): Steps<Uint8Array[]> {
  const used = new UsedNumbers();
  const parts: Uint32Array[] = [];
  const listed: { name: string; stride: number; rows: number }[] = [];
  for (const plan of PLANS) {
    const rows = plan.rows(tables);
    const top = plan.top(tables);
    const numbers: number[] = [];
    const copies: Uint32Array[] = [];
    for (let from = 0; from <= top; from += STEP_ROWS) {
      const some = rowsInUse(rows, from, Math.min(top + 1, from + STEP_ROWS));
      for (const row of some) {
        noteNumbers(plan, rows, row, used);
        numbers.push(row);
      }
      copies.push(copyOf(rows, some));
      yield;
    }
    parts.push(...(plan.kind === 'pairs' ? [] : [Uint32Array.from(numbers)]), ...copies);
    listed.push({ name: plan.name, stride: rows.stride, rows: numbers.length });
  }
  const stored = yield* storeNames(names, used);
  const header = { version: 1, ...clocks, names: stored, tables: listed };
  return yield* packSnapshot(header, parts);
}

/** Fills tables that are empty.
 *  @throws {Fault} `tracing/snapshot-malformed` */
export function restoreSnapshot(bytes: Uint8Array, tables: Tables, names: TracingNames): Clocks {
  const { header: json, words } = unpackSnapshot(bytes);
  const parsed = Header.safeParse(json);
  if (!parsed.success) throw malformed('its header is of another version', parsed.error);
  const { now, latest, names: stored, tables: listed } = parsed.data;
  const numberNow = renumber(names, stored);
  let at = 0;
  for (const { name, stride, rows: count } of listed) {
    const plan = PLANS.find((one) => one.name === name);
    const rows = plan?.rows(tables);
    if (!plan || !rows || rows.stride !== stride) throw malformed('its tables are others');
    const length = count * (stride + (plan.kind === 'pairs' ? 0 : 1));
    if (at + length > words.length) throw malformed('it is cut off');
    const part = words.subarray(at, at + length);
    if (plan.kind === 'pairs') restorePairs(plan, tables, part, numberNow);
    else restoreRows(plan, rows, part, count, numberNow);
    at += length;
  }
  tables.services.restored();
  return { now, latest };
}

/** @param end the first that is not looked at */
function rowsInUse(rows: Rows, first: number, end: number): number[] {
  const numbers: number[] = [];
  for (let row = first; row < end; row++) {
    const from = row * rows.stride;
    for (let at = from; at < from + rows.stride; at++) {
      if (rows.words[at] === 0) continue;
      numbers.push(row);
      break;
    }
  }
  return numbers;
}

function noteNumbers(plan: PairPlan | RowPlan, rows: Rows, row: number, used: UsedNumbers): void {
  if (plan.kind === 'rows') used.add(plan.of, row);
  for (const { field, of } of plan.references) used.add(of, rows.word(row, field));
}

function copyOf(rows: Rows, numbers: readonly number[]): Uint32Array {
  const copy = new Uint32Array(numbers.length * rows.stride);
  numbers.forEach((row, place) => {
    const from = row * rows.stride;
    copy.set(rows.words.subarray(from, from + rows.stride), place * rows.stride);
  });
  return copy;
}

function restorePairs(plan: PairPlan, tables: Tables, words: Uint32Array, now: Renumber): void {
  const { table, most } = plan.relation(tables);
  const { rows } = table;
  const [first, second] = plan.references;
  const care = careOf(plan.name, rows.stride);
  for (let from = 0; from < words.length && table.size < most; from += rows.stride) {
    const stored = words.subarray(from, from + rows.stride);
    const a = now(first.of, stored[first.field] ?? 0);
    const b = now(second.of, stored[second.field] ?? 0);
    if (a === undefined || b === undefined || b === 0 || table.find(a, b) !== 0) continue;
    const row = table.add(a, b);
    place(care, rows, row, stored, 2);
  }
}

function restoreRows(
  plan: RowPlan,
  rows: Rows,
  words: Uint32Array,
  count: number,
  now: Renumber,
): void {
  const care = careOf(plan.name, rows.stride);
  for (let index = 0; index < count; index++) {
    const row = now(plan.of, words[index] ?? 0);
    if (row === undefined) continue;
    const from = count + index * rows.stride;
    rows.ensure(row);
    place(care, rows, row, words.subarray(from, from + rows.stride), 0);
    for (const { field, of } of plan.references) {
      rows.setWord(row, field, now(of, rows.word(row, field)) ?? 0);
    }
  }
}

/** Floats that are none of ours would stay in all sums for ever; stamps are of the moment. */
function place(care: FieldCare, rows: Rows, row: number, stored: Uint32Array, from: number): void {
  const at = row * rows.stride;
  rows.words.set(stored.subarray(from), at + from);
  for (const field of care.floats) {
    const value = rows.floats[at + field] ?? 0;
    if (!(value >= 0 && value < Infinity)) rows.floats[at + field] = 0;
  }
  for (const field of care.stamps) rows.words[at + field] = 0;
}
