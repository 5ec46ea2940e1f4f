import type { ServerHttp2Stream } from 'node:http2';
import { Fault } from '../fault.ts';

/** Watches whether anybody still waits for the answer to a call: until its deadline, or until the caller is
 *  gone. */
export class Patience {
  /** Rejects when nobody does; never resolves. */
  readonly over: Promise<never>;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #stream: ServerHttp2Stream;
  readonly #lose: (fault: unknown) => void;
  readonly #onGone: () => void;

  constructor(
    stream: ServerHttp2Stream,
    timeoutMs: number | undefined,
    onOver: (fault: unknown) => void,
  ) {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    const lose = (fault: unknown): void => {
      this.#controller.abort(fault);
      onOver(fault);
      reject(fault);
    };
    this.#lose = lose;
    this.over = promise;
    this.#stream = stream;
    this.#onGone = () => lose(new Fault('grpc/cancelled', 'The caller is gone'));
    stream.once('close', this.#onGone);
    if (timeoutMs !== undefined) {
      const fault = new Fault('grpc/deadline-exceeded', 'The deadline of the call is over');
      this.#timer = setTimeout(() => lose(fault), timeoutMs);
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the call for a reason of the server's own. */
  giveUp(fault: unknown): void {
    this.#lose(fault);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#stream.off('close', this.#onGone);
  }
}
