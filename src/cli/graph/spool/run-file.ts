import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault, messageOf } from '../../../base/fault.ts';
import { SPAN_FIELD, SPAN_WORDS } from '../../../estate/spans/index.ts';
import type { RunReader } from './run.ts';

const ROW_BYTES = SPAN_WORDS * 4;
/** Rows that are read or written at once. */
const BUFFER_ROWS = 2_048;

/** Sorted rows that wait on the disk, in a file without a name: it goes with this process, however that ends. */
export class RunFile {
  readonly #descriptor: number;
  readonly #runs: { readonly from: number; readonly rows: number }[] = [];
  #end = 0;

  /** @throws {Fault} `graph/spool-unavailable` */
  constructor() {
    this.#descriptor = told(() => {
      const folder = mkdtempSync(join(tmpdir(), 'reeve-graph-'));
      try {
        return openSync(join(folder, 'spans'), 'wx+', 0o600);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  /** @throws {Fault} `graph/spool-unavailable` */
  write(rows: RunReader): void {
    const buffer = new Uint32Array(BUFFER_ROWS * SPAN_WORDS);
    const from = this.#end;
    let count = 0;
    while (rows.next()) {
      const at = count * SPAN_WORDS;
      for (let word = 0; word < SPAN_WORDS; word++) {
        buffer[at + word] = rows.words[rows.at + word] ?? 0;
      }
      if (++count < BUFFER_ROWS) continue;
      this.#append(buffer, count);
      count = 0;
    }
    this.#append(buffer, count);
    this.#runs.push({ from, rows: (this.#end - from) / ROW_BYTES });
  }

  readers(): RunReader[] {
    return this.#runs.map(({ from, rows }) => new FileReader(this.#descriptor, from, rows));
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #append(words: Uint32Array, rows: number): void {
    const bytes = Buffer.from(words.buffer, 0, rows * ROW_BYTES);
    told(() => {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, this.#end + done);
      }
    });
    this.#end += bytes.length;
  }
}

class FileReader implements RunReader {
  readonly words = new Uint32Array(BUFFER_ROWS * SPAN_WORDS);
  readonly #starts = new Float64Array(this.words.buffer);
  readonly #bytes = Buffer.from(this.words.buffer);
  readonly #descriptor: number;
  #from: number;
  #left: number;
  #row = -1;
  #held = 0;

  constructor(descriptor: number, from: number, rows: number) {
    this.#descriptor = descriptor;
    this.#from = from;
    this.#left = rows;
  }

  get start(): number {
    return this.#starts[(this.at + SPAN_FIELD.start) / 2] ?? 0;
  }
  get at(): number {
    return this.#row * SPAN_WORDS;
  }

  next(): boolean {
    if (++this.#row < this.#held) return true;
    if (this.#left === 0) return false;
    this.#held = Math.min(BUFFER_ROWS, this.#left);
    this.#fill(this.#held * ROW_BYTES);
    this.#left -= this.#held;
    this.#row = 0;
    return true;
  }

  #fill(length: number): void {
    told(() => {
      for (let done = 0; done < length; ) {
        const read = readSync(this.#descriptor, this.#bytes, done, length - done, this.#from);
        if (read === 0) throw new Error('it has been cut');
        done += read;
        this.#from += read;
      }
    });
  }
}

function told<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    throw new Fault(
      'graph/spool-unavailable',
      `The temporary file that sorts the spans cannot be used: ${messageOf(thrown)}`,
      {
        hint: 'see that there is room in the folder for temporary files, or set TMPDIR to another',
      },
    );
  }
}
