import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EndedCall } from '../calls.ts';
import type { GrpcCall } from '../method.ts';
import type { GrpcRefusal } from '../refusals.ts';
import { createGrpcServer, type GrpcServer } from '../server.ts';
import { RawClient } from './client.ts';

export const ECHO = '/test.Words/Echo';
export const GATHER = '/test.Words/Gather';
export const HELLO = Buffer.from('hello');

const LIMITS = {
  maxMessageBytes: 200_000,
  maxInflatedBytes: 400_000,
  maxBufferedBytes: 500_000,
  maxCalls: 5,
  maxConnections: 4,
  maxWaitingMessages: 2,
  messageSeconds: 0.2,
  idleSeconds: 0.2,
  answerSeconds: 0.2,
  windowBytes: 65_535,
};

/** What a test replaces of the server. */
interface Handlers {
  echo: (message: Buffer, call: GrpcCall) => Promise<Uint8Array>;
  gather: (messages: AsyncIterable<Buffer>) => Promise<Uint8Array>;
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
  admit: Handlers['admit'] = () => {};
  readonly ended: EndedCall[] = [];
  readonly refused: GrpcRefusal[] = [];
  readonly grpc: GrpcServer;
  #origin = '';
  #client: RawClient | undefined;

  private constructor() {
    this.grpc = createGrpcServer({
      limits: LIMITS,
      services: [
        {
          name: 'test.Words',
          methods: {
            Echo: { kind: 'unary', handle: (message, call) => this.echo(message, call) },
            Gather: { kind: 'client-stream', handle: (messages) => this.gather(messages) },
          },
        },
      ],
      admit: () => this.admit(),
      onEnd: (call) => this.ended.push(call),
      onRefused: (reason) => this.refused.push(reason),
    });
  }

  static async start(): Promise<Rig> {
    const rig = new Rig();
    rig.grpc.server.listen(0, '127.0.0.1');
    await once(rig.grpc.server, 'listening');
    const { port } = rig.grpc.server.address() as AddressInfo;
    rig.#origin = `http://127.0.0.1:${port}`;
    rig.#client = new RawClient(rig.#origin);
    return rig;
  }

  get origin(): string {
    return this.#origin;
  }

  get client(): RawClient {
    if (!this.#client) throw new RangeError('not started');
    return this.#client;
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
    this.#client?.close();
    await this.grpc.close(0);
  }
}
