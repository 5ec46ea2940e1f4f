import { Fault, quote } from '../../base/fault.ts';
import { TargetFault } from './rotator.ts';

/** The time that a call has. Whoever makes it may heed `signal`, and is given up when it is `over` all the same. */
export class TimeLimit {
  readonly #own = new AbortController();
  readonly #stop: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #abort = () => this.#own.abort();
  /** Rejects when the time is over, or at the stop. */
  readonly over: Promise<never>;
  /** Whether it ended for want of time. */
  isOver = false;

  constructor(milliseconds: number, stop: AbortSignal) {
    this.#stop = stop;
    this.#timer = setTimeout(() => {
      this.isOver = true;
      this.#own.abort();
    }, milliseconds).unref();
    this.over = new Promise((_, reject) => {
      this.signal.addEventListener('abort', () => reject(this.signal.reason), { once: true });
    });
    if (stop.aborted) this.#own.abort();
    else stop.addEventListener('abort', this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  /** The call has ended. */
  end(): void {
    clearTimeout(this.#timer);
    this.#stop.removeEventListener('abort', this.#abort);
  }
}

/** Works at a target within its time.
 *  @param what is at work, as people know it: `rotator`
 *  @throws {TargetFault} whatever was thrown. A fault of Reeve's own says what is wrong, and has no value in it; of anything
 *  else only its class is told */
export async function withinStep<T>(
  what: string,
  milliseconds: number,
  stop: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new TimeLimit(milliseconds, stop);
  try {
    return await Promise.race([work(limit.signal), limit.over]);
  } catch (thrown) {
    throw limit.isOver ? tooSlow(milliseconds) : toTargetFault(what, thrown);
  } finally {
    limit.end();
  }
}

function toTargetFault(what: string, thrown: unknown): TargetFault {
  if (thrown instanceof TargetFault) return thrown;
  if (thrown instanceof Fault) return new TargetFault('unreachable', thrown.message, thrown.hint);
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return new TargetFault('unreachable', `The ${what} failed unexpectedly (${quote(name)})`);
}

const tooSlow = (milliseconds: number): TargetFault =>
  new TargetFault(
    'unreachable',
    `The target did not answer within ${milliseconds / 1_000} s`,
    'see whether it is overloaded; `stepSeconds` is the limit',
  );
