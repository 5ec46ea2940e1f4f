const QUIET_MS = 1_000;

/** Keeps what was told on disk: the first of it at once, and changes a while after they have come, so that many of
 *  them are written once. */
export class CacheWriter {
  readonly #keep: (bytes: Buffer) => Promise<void>;
  readonly #write: () => Buffer;
  readonly #onFailure: (thrown: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #hasBegun = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    keep: (bytes: Buffer) => Promise<void>,
    write: () => Buffer,
    onFailure: (thrown: unknown) => void,
  ) {
    this.#keep = keep;
    this.#write = write;
    this.#onFailure = onFailure;
  }

  /** Everything has been told. */
  begin(): void {
    if (!this.#hasBegun) this.#flush();
  }

  changed(): void {
    if (this.#hasBegun) this.#timer ??= setTimeout(() => this.#flush(), QUIET_MS).unref();
    else this.#flush();
  }

  /** Gives up what waits to be written. */
  async drop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#writing;
  }

  /** Resolves when all is written. */
  async close(): Promise<void> {
    if (this.#timer) this.#flush();
    await this.#writing;
  }

  #flush(): void {
    this.#hasBegun = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#keep(this.#write())).catch(this.#onFailure);
  }
}
