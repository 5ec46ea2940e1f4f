import { type SpanBatch, SpanBatchWriter, type SpanRow } from './batch.ts';

export interface SpanSinkOptions {
  /** Rows of one batch; 88 bytes each. */
  readonly maxRows?: number;
  /** Characters of all names of one batch together. */
  readonly maxTextLength?: number;
  /** Is handed a batch that is full, at once. Without it, further rows are dropped, and counted, until `take`. */
  readonly onFull?: ((batch: SpanBatch) => void) | undefined;
}

/** What was left out, a closed set of reasons. */
export const SPAN_LOSSES = ['too many rows', 'too many links', 'text too long'] as const;
export type SpanLoss = (typeof SPAN_LOSSES)[number];

const MAX_ROWS = 65_536;
const MAX_TEXT_LENGTH = 16 * 1024 * 1024;

/** Where sources put single requests, until somebody takes them: one batch at a time, bounded in rows and names. */
export class SpanSink {
  /** Only to be written to where `hasRoom` has just said so. */
  readonly writer = new SpanBatchWriter();
  readonly #maxRows: number;
  readonly #maxTextLength: number;
  readonly #onFull: ((batch: SpanBatch) => void) | undefined;
  readonly #losses: Record<SpanLoss, number>;
  #batch = 1;

  constructor({
    maxRows = MAX_ROWS,
    maxTextLength = MAX_TEXT_LENGTH,
    onFull,
  }: SpanSinkOptions = {}) {
    this.#maxRows = maxRows;
    this.#maxTextLength = maxTextLength;
    this.#onFull = onFull;
    this.#losses = { 'too many rows': 0, 'too many links': 0, 'text too long': 0 };
  }

  /** Number of the batch that is being written: places are good within one. */
  get batch(): number {
    return this.#batch;
  }

  /** Rows that wait to be taken. */
  get count(): number {
    return this.writer.count;
  }

  /** Whether a row can be written now; counts it as lost where not. */
  hasRoom(): boolean {
    const { writer } = this;
    if (writer.count < this.#maxRows && writer.textLength < this.#maxTextLength) return true;
    if (this.#onFull === undefined) {
      this.#losses['too many rows']++;
      return false;
    }
    const full = this.take();
    if (full !== undefined) this.#onFull(full);
    return true;
  }

  add(row: SpanRow): void {
    if (this.hasRoom()) this.writer.add(row);
  }

  /** What came since the last time; undefined where nothing did. */
  take(): SpanBatch | undefined {
    if (this.writer.count === 0) return undefined;
    this.#batch++;
    return this.writer.take();
  }

  /** What was left out since the last time. */
  takeLosses(): ReadonlyMap<SpanLoss, number> {
    const { writer } = this;
    this.#losses['too many links'] += writer.linksLeftOut;
    this.#losses['text too long'] += writer.textsCut;
    writer.linksLeftOut = 0;
    writer.textsCut = 0;
    const losses = new Map(
      SPAN_LOSSES.filter((loss) => this.#losses[loss] > 0).map((loss) => [
        loss,
        this.#losses[loss],
      ]),
    );
    for (const loss of SPAN_LOSSES) this.#losses[loss] = 0;
    return losses;
  }
}
