import type { Log } from '../../base/log.ts';
import type { Asking, RotationRunner } from '../../secrets/rotation/index.ts';
import type { ServerVault } from './vault.ts';
import { sealed } from './vault-faults.ts';

export interface RotationsParts {
  readonly vault: ServerVault;
  readonly makeRunner: () => RotationRunner;
  readonly log: Log;
}

const RETRY_MS = 5_000;

/** Rotations while the vault is unsealed: where it is sealed, nothing is rotated, and nothing fails for that. */
export class Rotations {
  readonly #parts: RotationsParts;
  #runner: RotationRunner | undefined;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;
  /** One change after the other. */
  #last: Promise<void> = Promise.resolve();

  constructor(parts: RotationsParts) {
    this.#parts = parts;
    parts.vault.onChange(() => void this.#apply());
  }

  /** Resolves when rotations go on, unless they are not to. */
  start(): Promise<void> {
    return this.#apply();
  }

  get state(): 'running' | 'paused' | 'sealed' {
    if (this.#runner === undefined) return 'sealed';
    return this.#runner.whyPaused === undefined ? 'running' : 'paused';
  }

  /** Why they do not go on; undefined: they do. */
  get why(): string | undefined {
    return this.#runner ? this.#runner.whyPaused : 'the vault is sealed';
  }

  /** A person says that they go on from what the store says.
   *  @throws {Fault} `vault/unavailable/sealed`, `estate/unavailable` */
  async resume(by: Asking): Promise<void> {
    await this.#last;
    if (this.#runner === undefined) throw sealed();
    await this.#runner.resume(by);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#apply();
  }

  #apply(): Promise<void> {
    this.#last = this.#last.then(() => this.#change()).catch((thrown) => this.#failed(thrown));
    return this.#last;
  }

  async #change(): Promise<void> {
    const isWanted = !this.#isClosed && !this.#parts.vault.isSealed;
    if (isWanted === (this.#runner !== undefined)) return;
    const before = this.#runner;
    this.#runner = undefined;
    await before?.close();
    if (!isWanted) return;
    const runner = this.#parts.makeRunner();
    await runner.start();
    this.#runner = runner;
  }

  #failed(thrown: unknown): void {
    this.#parts.log.error({ err: thrown }, 'rotations could not be started; trying again');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#apply(), RETRY_MS).unref();
  }
}
