import type { Entitlement } from '../workload-api/index.ts';

/** What happens on a stream. */
export type StreamEvent<Request> =
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'entitlement'; readonly entitlement: Entitlement }
  /** The Envoy will not ask for more, and has been answered. */
  | { readonly kind: 'end' };

/** Where the requests of a stream and what its workload is entitled to come together. Of requests only one waits, so
 *  that none is read before it can be answered; of entitlements, only the newest. */
export class Inbox<Request> {
  #request: { readonly request: Request; readonly taken: () => void } | undefined;
  #entitlement: Entitlement | undefined;
  #hasAsked = false;
  #wasTold = false;
  #isEnded = false;
  #failure: { readonly reason: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** Resolves when the request is taken. */
  async put(request: Request): Promise<void> {
    await new Promise<void>((taken) => {
      this.#request = { request, taken };
      this.#hasAsked = true;
      this.#wake?.();
    });
  }

  readonly tell = (entitlement: Entitlement): void => {
    this.#entitlement = entitlement;
    this.#wake?.();
  };

  /** Has something that was told looked at again, unless there is something newer. */
  remind(entitlement: Entitlement): void {
    if (!this.#entitlement) this.tell(entitlement);
  }

  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  readonly fail = (reason: unknown): void => {
    this.#failure ??= { reason };
    this.#wake?.();
  };

  /** What happens next.
   *  @throws what `fail` was told */
  async next(): Promise<StreamEvent<Request>> {
    for (;;) {
      if (this.#failure) throw this.#failure.reason;
      const event = this.#take();
      if (event) return event;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #take(): StreamEvent<Request> | undefined {
    if (this.#request) {
      const { request, taken } = this.#request;
      this.#request = undefined;
      taken();
      return { kind: 'request', request };
    }
    if (this.#entitlement) {
      const entitlement = this.#entitlement;
      this.#entitlement = undefined;
      this.#wasTold = true;
      return { kind: 'entitlement', entitlement };
    }
    // Who asks once and then only listens is to hear the answer.
    return this.#isEnded && (this.#wasTold || !this.#hasAsked) ? { kind: 'end' } : undefined;
  }
}
