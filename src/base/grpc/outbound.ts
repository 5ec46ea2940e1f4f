import { Fault } from '../fault.ts';
import { ERROR, type Http2Stream } from '../http2/index.ts';
import type { ByteBudget } from './budget.ts';
import { toFrame } from './framing.ts';
import type { GrpcAnswers } from './method.ts';
import { beginAnswers, endAnswers, sendStatus } from './respond.ts';
import { type GrpcStatus, OK } from './status.ts';

export interface OutboundPorts {
  readonly budget: ByteBudget;
  /** How long a reader who has stopped may take to hear that the call is over. */
  readonly lingerMs: number;
  /** Hears of answers that cannot be held, which ends the call. */
  readonly onFault: (fault: unknown) => void;
}

interface Waiting {
  readonly message: Uint8Array;
  /** The next message that is offered takes its place. */
  readonly isReplaceable: boolean;
  readonly taken: () => void;
}

/** The messages that one call is answered with, one after the other. Only one at a time is handed to the
 *  connection, and the next one when that is on its way: HTTP/2's flow control holds the rest up here, where
 *  a newer message can still take the place of an older one. */
export class Outbound implements GrpcAnswers {
  readonly #stream: Http2Stream;
  readonly #ports: OutboundPorts;
  readonly #waiting: Waiting[] = [];
  #heldBytes = 0;
  #isWriting = false;
  #isOver = false;
  #hasBegun = false;
  #onIdle: (() => void) | undefined;

  constructor(stream: Http2Stream, ports: OutboundPorts) {
    this.#stream = stream;
    this.#ports = ports;
  }

  /** Some message was sent, so that the status can only follow it. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  async send(message: Uint8Array): Promise<void> {
    if (this.#isOver) throw new Fault('grpc/cancelled', 'The call is over');
    this.#hold(message.length);
    await new Promise<void>((taken) => {
      this.#waiting.push({ message, isReplaceable: false, taken });
      this.#pump();
    });
  }

  offer(message: Uint8Array): void {
    if (this.#isOver) return;
    const last = this.#waiting.at(-1);
    if (last?.isReplaceable) {
      this.#waiting.pop();
      this.#letGo(last.message.length);
    }
    try {
      this.#hold(message.length);
    } catch (thrown) {
      // Whoever pushes to many readers is not to hear of one of them.
      this.#ports.onFault(thrown);
      return;
    }
    this.#waiting.push({ message, isReplaceable: true, taken: () => {} });
    this.#pump();
  }

  /** Ends the call with success once every message is on its way. */
  async end(): Promise<void> {
    while (!this.#isOver && (this.#isWriting || this.#waiting.length > 0)) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    this.#finish(OK);
  }

  /** Ends the call at once, without the messages that still wait. */
  fail(status: GrpcStatus): void {
    this.#finish(status);
  }

  /** Lets go of everything that is held; nothing is sent after it. */
  close(): void {
    this.#isOver = true;
    for (const { taken } of this.#waiting) taken();
    this.#waiting.length = 0;
    this.#letGo(this.#heldBytes);
    this.#onIdle?.();
  }

  #finish(status: GrpcStatus): void {
    if (this.#isOver) return;
    this.close();
    if (!this.#hasBegun) {
      sendStatus(this.#stream, status);
      return;
    }
    endAnswers(this.#stream, status);
    this.#linger();
  }

  /** The status comes after what is on its way, which a reader who has stopped never lets through. */
  #linger(): void {
    const stream = this.#stream;
    if (stream.isClosed) return;
    const timer = setTimeout(() => stream.reset(ERROR.cancel), this.#ports.lingerMs);
    stream.whenClosed(() => clearTimeout(timer));
  }

  #pump(): void {
    // that the stream is closed is told elsewhere
    if (this.#isWriting || this.#isOver || this.#stream.isClosed) return;
    const next = this.#waiting.shift();
    if (!next) {
      this.#onIdle?.();
      return;
    }
    if (!this.#hasBegun) beginAnswers(this.#stream);
    this.#hasBegun = true;
    this.#isWriting = true;
    this.#stream.write(toFrame(next.message), () => {
      this.#isWriting = false;
      if (!this.#isOver) this.#letGo(next.message.length);
      next.taken();
      this.#pump();
    });
  }

  #hold(bytes: number): void {
    this.#ports.budget.take(bytes);
    this.#heldBytes += bytes;
  }

  #letGo(bytes: number): void {
    this.#heldBytes -= bytes;
    this.#ports.budget.giveBack(bytes);
  }
}
