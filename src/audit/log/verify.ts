import { messageOf } from '../../base/fault.ts';
import { Frontier, leafHash, TILE_LEVELS, TILE_WIDTH } from '../../base/merkle/index.ts';
import type { AuditRow } from '../../estate/index.ts';
import {
  type Checkpoint,
  type NoteVerifier,
  readCheckpoint,
  type SignedNote,
  signatureOf,
} from '../checkpoint/index.ts';

/** A log to be verified, wherever it lies. */
export interface VerifiedSource {
  /** In order, as they are kept; may be read once. */
  readonly entries: AsyncIterable<AuditRow>;
  /** What the log itself says that it is: a signed checkpoint. */
  readonly checkpoint: string;
  /** The roots of full runs of 256 entries that are kept beside the log, which tell where it was changed. */
  readonly roots?: (first: number, count: number) => Promise<readonly Buffer[]>;
}

/** A checkpoint that lies elsewhere: of a witness, or printed once. */
export interface KeptCheckpoint {
  /** What to call it. */
  readonly name: string;
  readonly note: string;
}

export interface AuditVerdict {
  /** Entries. */
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /** Who has signed the log as it stands, or an earlier state of it. */
  readonly vouched: readonly Vouched[];
  /** What is wrong; none: the log is what was signed. */
  readonly problems: readonly AuditProblem[];
}

export interface Vouched {
  readonly by: string;
  readonly size: number;
  /** RFC 3339, where it is a witness who says when. */
  readonly at: string | null;
}

export interface AuditProblem {
  readonly kind: 'entry' | 'gap' | 'changed' | 'checkpoint' | 'signature' | 'truncated';
  /** The entry that it is about, or the first of them. */
  readonly sequence: number | null;
  readonly message: string;
}

const MAX_PROBLEMS = 100;

/** Reads a log whole, and compares it with all that was signed.
 *  @param keys of the log and of its witnesses */
export async function verifyLog(
  source: VerifiedSource,
  kept: readonly KeptCheckpoint[],
  keys: readonly NoteVerifier[],
): Promise<AuditVerdict> {
  const problems: AuditProblem[] = [];
  const own = { name: 'the checkpoint of the log', note: source.checkpoint };
  const notes = [own, ...kept].flatMap((one) => readKept(one, problems));
  const walk = new Walk(new Set(notes.map(({ checkpoint }) => checkpoint.size)));
  for await (const entry of source.entries) walk.take(entry);
  if (source.roots) await walk.compareRuns(source.roots);
  for (const note of notes) problems.push(...walk.compareCheckpoint(note));
  const [ofLog] = notes;
  if (ofLog && ofLog.name === own.name && ofLog.checkpoint.size < walk.size) {
    const message = `The log has ${walk.size} entries, and its checkpoint speaks of ${ofLog.checkpoint.size}`;
    problems.push({ kind: 'checkpoint', sequence: ofLog.checkpoint.size + 1, message });
  }
  return {
    size: walk.size,
    root: walk.root().toString('base64'),
    vouched: notes.flatMap((note) => vouchedBy(note, keys, problems)),
    problems: [...walk.problems, ...problems],
  };
}

interface ReadCheckpoint {
  readonly name: string;
  readonly checkpoint: Checkpoint;
  readonly note: SignedNote;
}

function readKept({ name, note }: KeptCheckpoint, problems: AuditProblem[]): ReadCheckpoint[] {
  try {
    return [{ name, ...readCheckpoint(note) }];
  } catch (thrown) {
    const message = `${name} cannot be read: ${messageOf(thrown)}`;
    problems.push({ kind: 'checkpoint', sequence: null, message });
    return [];
  }
}

function vouchedBy(
  { name, checkpoint, note }: ReadCheckpoint,
  keys: readonly NoteVerifier[],
  problems: AuditProblem[],
): Vouched[] {
  const vouched = keys.flatMap((key) => {
    const signature = signatureOf(note, key);
    if (!signature) return [];
    const { seconds } = signature;
    const at = seconds === undefined ? null : new Date(seconds * 1_000).toISOString();
    return [{ by: key.name, size: checkpoint.size, at, kind: key.kind }];
  });
  if (!vouched.some(({ kind }) => kind === 'log')) {
    const message = `${name} is not signed by a key of the log that you gave`;
    problems.push({ kind: 'signature', sequence: null, message });
  }
  return vouched.map(({ by, size, at }) => ({ by, size, at }));
}

/** One pass over the entries. */
class Walk {
  readonly #frontier = Frontier.empty();
  /** Roots of the sizes that somebody has signed. */
  readonly #rootsAt = new Map<number, Buffer>();
  readonly #runs: Buffer[] = [];
  readonly #wanted: ReadonlySet<number>;
  /** Of entries; the first ones. */
  readonly problems: AuditProblem[] = [];
  #next = 1;

  constructor(wanted: ReadonlySet<number>) {
    this.#wanted = wanted;
    if (wanted.has(0)) this.#rootsAt.set(0, this.root());
  }

  get size(): number {
    return this.#frontier.size;
  }

  root(): Buffer {
    return this.#frontier.root();
  }

  take({ sequence, text, isIndexed }: AuditRow): void {
    if (sequence !== this.#next) {
      this.#add(
        'gap',
        this.#next,
        `Entry ${this.#next} is missing: ${sequence} comes in its place`,
      );
    }
    this.#next = sequence + 1;
    if (sequenceOf(text) !== sequence) {
      this.#add('entry', sequence, `Entry ${sequence} is not an entry of that number`);
    } else if (!isIndexed) {
      this.#add('entry', sequence, `Entry ${sequence} is listed as something that it does not say`);
    }
    this.#frontier.append(leafHash(text), (level, _, hash) => {
      if (level === TILE_LEVELS) this.#runs.push(hash);
    });
    if (this.#wanted.has(this.size)) this.#rootsAt.set(this.size, this.root());
  }

  /** Compares with the roots of full runs that are kept beside the log. */
  async compareRuns(read: NonNullable<VerifiedSource['roots']>): Promise<void> {
    for (let first = 0; first < this.#runs.length; first += TILE_WIDTH) {
      const kept = await read(first, TILE_WIDTH);
      for (let at = first; at < Math.min(first + TILE_WIDTH, this.#runs.length); at++) {
        if (kept[at - first]?.equals(this.#runs[at] as Buffer)) continue;
        const [from, to] = [at * TILE_WIDTH + 1, (at + 1) * TILE_WIDTH];
        this.#add(
          'changed',
          from,
          `Among the entries ${from} to ${to}, one is not as it was logged`,
        );
      }
    }
  }

  compareCheckpoint({ name, checkpoint: { size, root } }: ReadCheckpoint): AuditProblem[] {
    if (size > this.size) {
      const message = `${name} speaks of ${size} entries, and the log has ${this.size}: its end is missing`;
      return [{ kind: 'truncated', sequence: this.size + 1, message }];
    }
    if (this.#rootsAt.get(size)?.equals(root)) return [];
    const message = `The first ${size} entries are not those that ${name} was signed for`;
    return [{ kind: 'changed', sequence: null, message }];
  }

  #add(kind: AuditProblem['kind'], sequence: number | null, message: string): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ kind, sequence, message });
  }
}

/** The number that an entry gives itself. */
export function sequenceOf(text: string): number | undefined {
  try {
    const { sequence } = (JSON.parse(text) ?? {}) as { sequence?: unknown };
    return Number.isSafeInteger(sequence) ? Number(sequence) : undefined;
  } catch {
    return undefined;
  }
}
