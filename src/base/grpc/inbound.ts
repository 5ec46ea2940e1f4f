import { Fault } from '../fault.ts';
import type { Http2Stream } from '../http2/index.ts';
import type { ByteBudget } from './budget.ts';
import type { Deadline, Deadlines } from './deadlines.ts';
import { type Frame, FrameReader } from './framing.ts';
import type { Coding, Inflater } from './inflate.ts';
import type { GrpcLimits } from './limits.ts';

export interface InboundPorts {
  readonly limits: GrpcLimits;
  readonly budget: ByteBudget;
  readonly inflater: Inflater;
  readonly coding: Coding;
  /** Of `messageSeconds`. */
  readonly deadlines: Deadlines;
}

/** The messages that a caller sends, one at a time. Reads from the stream no faster than they are
 *  taken: HTTP/2's flow control then holds the caller up. */
export class Inbound {
  readonly #stream: Http2Stream;
  readonly #ports: InboundPorts;
  readonly #frames: FrameReader;
  readonly #waiting: Frame[] = [];
  #heldBytes = 0;
  /** Of the message that was taken last. */
  #takenBytes = 0;
  #isEnded = false;
  /** One message is waited for, with the end behind it. */
  #isOnly = false;
  #failure: unknown;
  #wake: (() => void) | undefined;
  #deadline: Deadline | undefined;

  constructor(stream: Http2Stream, ports: InboundPorts) {
    this.#stream = stream;
    this.#ports = ports;
    this.#frames = new FrameReader(ports.limits.maxMessageBytes, 'maxMessageBytes', this.#reserve);
    stream.onData = this.#read;
    stream.onEnd = this.#end;
  }

  /** The only message of a unary call, once it is sure that there is no other. It has to be there, and the call's end
   *  behind it, within the time for a message.
   *  @throws {Fault} as `take`, and `grpc/cardinality-unimplemented` where it is not one */
  only(): Promise<Buffer> {
    this.#isOnly = true;
    this.#startTimer();
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.#waiting.length > 1) reject(notOne('several'));
        else if (this.#failure !== undefined) reject(this.#failure);
        else if (this.#isEnded) {
          const frame = this.#waiting.shift();
          if (frame) resolve(this.#opened(frame));
          else reject(notOne('none'));
        }
      };
      this.#wake = look;
      look();
    });
  }

  /** The next message; undefined after the last. What the one before it held is free again.
   *  @throws {Fault} for messages that break the limits or the protocol, and what `fail` was told */
  async take(): Promise<Buffer | undefined> {
    this.#giveBack(this.#takenBytes);
    this.#takenBytes = 0;
    while (this.#waiting.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#isEnded) return undefined;
      await this.#change();
    }
    const frame = this.#waiting.shift() as Frame; // the loop ends when there is one
    this.#takenBytes = frame.bytes.length;
    this.#resume();
    return this.#opened(frame);
  }

  /** The message of a frame, which is the frame's where it is not packed. */
  #opened(frame: Frame): Buffer | Promise<Buffer> {
    return frame.isCompressed ? this.#unpacked(frame) : frame.bytes;
  }

  async #unpacked(frame: Frame): Promise<Buffer> {
    const message = await this.#ports.inflater.read(frame, this.#ports.coding);
    this.#reserve(message.length);
    this.#takenBytes += message.length;
    return message;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (let message = await this.take(); message; message = await this.take()) yield message;
  }

  /** Ends the messages with a fault, after those that have come. */
  fail(thrown: unknown): void {
    if (this.#isEnded || this.#failure !== undefined) return;
    this.#failure = thrown;
    this.#stopTimer();
    this.#stream.onData = undefined;
    this.#wake?.();
  }

  /** Lets go of everything that is held; nothing is read after it. */
  close(): void {
    if (!this.#isEnded && this.#failure === undefined) {
      this.fail(new Fault('grpc/cancelled', 'The call is over'));
    }
    this.#stopTimer();
    this.#stream.onData = undefined;
    this.#waiting.length = 0;
    this.#takenBytes = 0;
    this.#giveBack(this.#heldBytes);
  }

  readonly #reserve = (bytes: number): void => {
    this.#ports.budget.take(bytes);
    this.#heldBytes += bytes;
  };

  readonly #read = (chunk: Buffer): void => {
    try {
      this.#frames.push(chunk, this.#keep);
    } catch (thrown) {
      this.fail(thrown);
      return;
    }
    if (this.#waiting.length >= this.#ports.limits.maxWaitingMessages) {
      // What is held up here does not make the caller slow.
      this.#stopTimer();
      this.#stream.pause();
    } else if (this.#frames.isInside) {
      this.#startTimer();
    }
  };

  readonly #keep = (frame: Frame): void => {
    if (!this.#isOnly) this.#stopTimer();
    this.#waiting.push(frame);
    this.#wake?.();
  };

  readonly #end = (): void => {
    if (this.#frames.isInside) {
      this.fail(new Fault('grpc/frame-broken', 'The call ends inside a message'));
      return;
    }
    this.#isEnded = true;
    this.#stopTimer();
    this.#wake?.();
  };

  #resume(): void {
    if (!this.#stream.isPaused) return;
    if (this.#waiting.length >= this.#ports.limits.maxWaitingMessages) return;
    this.#stream.resume();
    if (this.#frames.isInside) this.#startTimer();
  }

  /** Resolves when something has come, ended or failed. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #startTimer(): void {
    this.#deadline ??= this.#ports.deadlines.begin(this.#tooLate);
  }

  #stopTimer(): void {
    this.#deadline?.cancel();
    this.#deadline = undefined;
  }

  readonly #tooLate = (): void => {
    const why = `The message did not arrive within ${this.#ports.limits.messageSeconds} seconds`;
    this.fail(new Fault('grpc/deadline-exceeded', why));
  };

  #giveBack(bytes: number): void {
    this.#heldBytes -= bytes;
    this.#ports.budget.giveBack(bytes);
  }
}

function notOne(found: string): Fault {
  return new Fault(
    'grpc/cardinality-unimplemented',
    `The method takes exactly one message, and ${found} came`,
  );
}
