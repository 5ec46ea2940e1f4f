import { setTimeout as sleep } from 'node:timers/promises';
import type { EndedCall } from '../calls.ts';
import type { GrpcAnswers, GrpcCall, GrpcService } from '../method.ts';
import type { GrpcRefusal } from '../refusals.ts';
import type { GrpcServer } from '../server.ts';
import type { RawClient } from './client.ts';
import { type Served, serve } from './serve.ts';

export const ECHO = '/test.Words/Echo';
export const GATHER = '/test.Words/Gather';
export const WATCH = '/test.Words/Watch';
export const TALK = '/test.Words/Talk';
export const HELLO = Buffer.from('hello');

const LIMITS = {
  maxMessageBytes: 200_000,
  maxInflatedBytes: 400_000,
  maxBufferedBytes: 500_000,
  maxCalls: 5,
  maxConnections: 4,
  maxOpenStreams: 2,
  maxWaitingMessages: 2,
  messageSeconds: 60,
  idleSeconds: 60,
  answerSeconds: 60,
  windowBytes: 65_535,
};

/** For tests of what is given up: on a busy machine anything else may take longer than that. */
export const HASTY = { messageSeconds: 0.2, idleSeconds: 0.2, answerSeconds: 0.2 };

/** What a test replaces of the server. */
interface Handlers {
  echo: (message: Buffer, call: GrpcCall) => Promise<Uint8Array>;
  gather: (messages: AsyncIterable<Buffer>) => Promise<Uint8Array>;
  watch: (message: Buffer, answers: GrpcAnswers, call: GrpcCall) => Promise<void>;
  talk: (messages: AsyncIterable<Buffer>, answers: GrpcAnswers, call: GrpcCall) => Promise<void>;
  admit: () => void;
}

/** A server with small limits and a method of each kind, and a client of it. */
export class Rig implements Handlers {
  echo: Handlers['echo'] = async (message) => Buffer.from(message);
  gather: Handlers['gather'] = async (messages) => {
    const all: Buffer[] = [];
    for await (const message of messages) all.push(Buffer.from(message));
    return Buffer.concat(all);
  };
  watch: Handlers['watch'] = async (message, answers) => answers.send(Buffer.from(message));
  talk: Handlers['talk'] = async (messages, answers) => {
    for await (const message of messages) await answers.send(Buffer.from(message));
  };
  admit: Handlers['admit'] = () => {};
  readonly ended: EndedCall[] = [];
  readonly refused: GrpcRefusal[] = [];
  #served: Served | undefined;

  static async start(limits: Partial<typeof LIMITS> = {}): Promise<Rig> {
    const rig = new Rig();
    const words = {
      name: 'test.Words',
      methods: {
        Echo: { kind: 'unary', handle: (message, call) => rig.echo(message, call) },
        Watch: {
          kind: 'server-stream',
          handle: (message, answers, call) => rig.watch(message, answers, call),
        },
        Talk: {
          kind: 'bidi-stream',
          handle: (messages, answers, call) => rig.talk(messages, answers, call),
        },
        Gather: { kind: 'client-stream', handle: (messages) => rig.gather(messages) },
      },
    } satisfies GrpcService;
    rig.#served = await serve({
      limits: { ...LIMITS, ...limits },
      services: [words],
      hasReflection: true,
      admit: () => rig.admit(),
      onEnd: (call) => rig.ended.push(call),
      onRefused: (reason) => rig.refused.push(reason),
    });
    return rig;
  }

  get grpc(): GrpcServer {
    return this.#running.grpc;
  }

  get origin(): string {
    return this.#running.origin;
  }

  get client(): RawClient {
    return this.#running.client;
  }

  get #running(): Served {
    if (!this.#served) throw new RangeError('not started');
    return this.#served;
  }

  /** Until a call is under way. */
  async begun(): Promise<void> {
    while (this.grpc.calls.count === 0) await sleep(1);
  }

  /** Until no call is under way any more; the bytes that are still held then. */
  async settled(): Promise<number> {
    while (this.grpc.calls.count > 0) await sleep(1);
    return this.grpc.calls.heldBytes;
  }

  async close(): Promise<void> {
    await this.#served?.close();
  }
}
