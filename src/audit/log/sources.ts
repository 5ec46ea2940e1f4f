import { createReadStream } from 'node:fs';
import { Fault, quote } from '../../base/fault.ts';
import { linesOf } from '../../base/lines.ts';
import type { AuditLog, AuditRow } from '../../estate/index.ts';
import { sequenceOf, type VerifiedSource } from './verify.ts';

const BATCH = 2_000;
/** Of an entry in a file. */
const MAX_BYTES = 1024 * 1024;

/** A log as the store keeps it, up to where it had come. */
export async function keptSource(log: AuditLog): Promise<VerifiedSource> {
  const { size, checkpoint } = await log.auditHead();
  return {
    checkpoint,
    entries: entriesOf(log, size),
    roots: (first, count) => log.auditRoots(1, first, count),
  };
}

/** The entries of a log of this size, as they are kept; and those behind them, unless a server has appended them since. */
async function* entriesOf(log: AuditLog, size: number): AsyncIterable<AuditRow> {
  let next = 1;
  for (;;) {
    const batch = await log.auditRows(next, BATCH);
    const isBeyond = batch.some(({ sequence }) => sequence > size);
    const hasGrown = isBeyond && (await log.auditHead()).size !== size;
    yield* hasGrown ? batch.filter(({ sequence }) => sequence <= size) : batch;
    const last = batch.at(-1);
    if (!last || hasGrown) return;
    next = last.sequence + 1;
  }
}

/** A log that was exported: a line for each entry, which is its text.
 *  @throws {Fault} `audit/file-unavailable`, `audit/line-malformed` */
export async function* entriesOfFile(file: string): AsyncIterable<AuditRow> {
  const hint = 'give a file that `reeve audit export` wrote';
  const tooLong = (line: number): never => {
    const place = `${quote(file, 200)} line ${line}`;
    throw new Fault('audit/line-malformed', `${place} has more than ${MAX_BYTES} bytes`, { hint });
  };
  let line = 0;
  try {
    for await (const text of linesOf(createReadStream(file), MAX_BYTES, tooLong)) {
      yield { sequence: sequenceOf(text) ?? line + 1, text, isIndexed: true };
      line++;
    }
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown;
    const { code } = thrown as NodeJS.ErrnoException;
    throw new Fault('audit/file-unavailable', `${quote(file, 200)} cannot be read (${code})`, {
      hint,
    });
  }
}
