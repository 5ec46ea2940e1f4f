import type { SpanBatch } from '../batch.ts';
import { SPAN_FIELD, SPAN_FLAG, SPAN_WORDS } from '../layout.ts';

const SIDES = new Set([2, 3, 4, 5, 6]);
const FLAGS = Object.values(SPAN_FLAG).reduce<number>((all, flag) => all | flag, 0);
const MAX_TEXT_LENGTH = 2_048;
const MAX_LINKS = 8;

/** What is wrong with a batch, for tests: nothing, whatever it was made of. */
export function faultsOf(batch: SpanBatch): string[] {
  const faults: string[] = [];
  const expect = (isRight: boolean, what: string): void => {
    if (!isRight) faults.push(what);
  };
  const lists: readonly (readonly [keyof typeof SPAN_FIELD, readonly unknown[]])[] = [
    ['service', batch.parties],
    ['peer', batch.parties],
    ['operation', batch.operations],
    ['principal', batch.texts],
    ['address', batch.texts],
    ['instance', batch.texts],
    ['version', batch.texts],
  ];
  expect(batch.words.length === batch.count * SPAN_WORDS, 'words');
  const starts = new Float64Array(batch.words.buffer, batch.words.byteOffset);
  for (let row = 0; row < batch.count; row++) {
    const at = row * SPAN_WORDS;
    const word = (field: keyof typeof SPAN_FIELD): number =>
      batch.words[at + SPAN_FIELD[field]] ?? 0;
    for (const [field, list] of lists) expect(word(field) <= list.length, `${field} of ${row}`);
    expect(word('service') > 0, `no service in ${row}`);
    expect(SIDES.has(word('side') & 0xff), `side of ${row}`);
    expect((word('side') & ~(FLAGS | 0xff)) === 0, `flags of ${row}`);
    expect(
      word('status') === 0 || (word('status') >= 100 && word('status') <= 999),
      `status of ${row}`,
    );
    expect(word('count') > 0, `count of ${row}`);
    const startMs = starts[(at + SPAN_FIELD.start) / 2] ?? Number.NaN;
    expect(Number.isFinite(startMs) && startMs > 0, `start of ${row}`);
  }
  let before = 0;
  const links = new Map<number, number>();
  for (const { row, id } of batch.links) {
    expect(row >= before && row < batch.count, `link of ${row}`);
    expect(id.length === 6, `ids of a link of ${row}`);
    before = row;
    links.set(row, (links.get(row) ?? 0) + 1);
  }
  for (const [row, count] of links) expect(count <= MAX_LINKS, `links of ${row}`);
  for (const text of batch.texts) expect(text.length <= MAX_TEXT_LENGTH && text !== '', 'text');
  for (const { path } of batch.operations) expect(path.length <= MAX_TEXT_LENGTH, 'path');
  return faults;
}

/** @throws {Error} which says what is wrong with the batch */
export function expectWellFormed(batch: SpanBatch): void {
  const faults = faultsOf(batch);
  if (faults.length > 0) throw new Error(`not well formed: ${faults.slice(0, 5).join(', ')}`);
}
