import { Fault } from '../fault.ts';
import type { Http2Stream } from '../http2/index.ts';

/** Watches whether anybody still waits for the answer to a call: until its deadline, or until the caller is
 *  gone. Most calls end before, so what only the others need is made when it is needed. */
export class Patience {
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #onOver: (fault: unknown) => void;
  #controller: AbortController | undefined;
  #over: { readonly fault: unknown } | undefined;
  #reject: ((fault: unknown) => void) | undefined;
  /** It does not matter any more. */
  #isEnded = false;

  constructor(
    stream: Http2Stream,
    timeoutMs: number | undefined,
    onOver: (fault: unknown) => void,
  ) {
    this.#onOver = onOver;
    stream.whenClosed(this.#onClosed);
    if (stream.isClosed) this.#onClosed(false);
    if (timeoutMs !== undefined) {
      const fault = () => new Fault('grpc/deadline-exceeded', 'The deadline of the call is over');
      this.#timer = setTimeout(() => this.giveUp(fault()), timeoutMs);
    }
  }

  /** Aborted when nobody waits any more. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#over) this.#controller.abort(this.#over.fault);
    }
    return this.#controller.signal;
  }

  /** What comes of work, for as long as anybody waits for it; one piece of work at a time.
   *  @param onSettled called when the work is over, whether anybody still waits or not
   *  @throws {Fault} why nobody does; what the work throws */
  waitFor<Result>(work: Promise<Result>, onSettled = nothing): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      if (this.#over) reject(this.#over.fault);
      work.then(
        (result) => {
          onSettled();
          resolve(result);
        },
        (thrown) => {
          onSettled();
          reject(thrown);
        },
      );
    });
  }

  /** Ends the call for a reason of the server's own. */
  giveUp(fault: unknown): void {
    if (this.#over) return;
    this.#over = { fault };
    this.#controller?.abort(fault);
    this.#onOver(fault);
    this.#reject?.(fault);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#isEnded = true;
  }

  readonly #onClosed = (isAnswered: boolean): void => {
    if (this.#isEnded || isAnswered) return;
    this.giveUp(new Fault('grpc/cancelled', 'The caller is gone'));
  };
}

function nothing(): void {}
