import { closeSync, existsSync, fdatasync, openSync, readFileSync, rmSync, write } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isFields, numberAt, pick, textAt } from '../../../base/pick.ts';
import type { Half } from './pairing.ts';

const writeAsync = promisify(write);
const fdatasyncAsync = promisify(fdatasync);

/** Keeps the halves of calls that wait for their other side, so that what was acknowledged survives
 *  the end of the process. Two files take turns: when the one that is written is a window old, the
 *  other holds nothing that still waits and is begun anew. */
export class Journal {
  readonly #files: readonly [string, string];
  readonly #windowMs: number;
  #turn: 0 | 1 = 0;
  #begunAt: number;
  #descriptor: number;

  private constructor(files: readonly [string, string], windowMs: number, now: number) {
    this.#files = files;
    this.#windowMs = windowMs;
    this.#begunAt = now;
    this.#descriptor = openSync(files[0], 'a', 0o600);
  }

  /** Opens the journal of a folder; gives also the halves that still wait in it. */
  static open(
    folder: string,
    windowMs: number,
    now: number,
  ): { journal: Journal; waiting: readonly Half[] } {
    const files = [
      join(folder, 'otlp-waiting-0.ndjson'),
      join(folder, 'otlp-waiting-1.ndjson'),
    ] as const;
    const waiting = files
      .flatMap(readHalves)
      .filter((half) => half.seenAt > now - windowMs)
      .sort((a, b) => a.seenAt - b.seenAt);
    return { journal: new Journal(files, windowMs, now), waiting };
  }

  /** Resolves when the halves are on the disk. */
  async append(halves: readonly Half[], now: number): Promise<void> {
    if (now - this.#begunAt > this.#windowMs) this.#takeTurn(now);
    if (halves.length === 0) return;
    const lines = `${halves.map((half) => JSON.stringify(half)).join('\n')}\n`;
    await writeAsync(this.#descriptor, lines);
    await fdatasyncAsync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #takeTurn(now: number): void {
    closeSync(this.#descriptor);
    this.#turn = this.#turn === 0 ? 1 : 0;
    this.#descriptor = openSync(this.#files[this.#turn], 'w', 0o600);
    this.#begunAt = now;
  }
}

function readHalves(file: string): Half[] {
  if (!existsSync(file)) return [];
  const halves: Half[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const half = parseHalf(line);
    if (half) halves.push(half);
    // The last line may have been cut by the end of the process; it was never acknowledged.
  }
  return halves;
}

function parseHalf(line: string): Half | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const side = textAt(value, 'side');
  const isHalf =
    (side === 'caller' || side === 'called') &&
    typeof pick(value, 'key') === 'string' &&
    typeof pick(value, 'subject', 'name') === 'string' &&
    numberAt(value, 'seenAt') !== undefined;
  return isFields(value) && isHalf ? (value as unknown as Half) : undefined;
}

/** Removes the journal's files, for tests and for data folders that are given up. */
export function removeJournal(folder: string): void {
  for (const turn of [0, 1]) rmSync(join(folder, `otlp-waiting-${turn}.ndjson`), { force: true });
}
