import { once } from 'node:events';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import type { Http2Connection, Http2Limits } from '../connection.ts';
import { frameOf, settingsFrame } from '../frames.ts';
import { encodeHeaders } from '../hpack/index.ts';
import { FLAG, FRAME, PREFACE } from '../protocol.ts';
import type { ConnectionFault } from '../protocol-fault.ts';
import { createHttp2Server } from '../server.ts';
import type { Http2Stream } from '../stream.ts';

export const LIMITS: Http2Limits = {
  headers: { maxFields: 20, maxListBytes: 2_000 },
  maxStreams: 4,
  windowBytes: 65_535,
  connectionWindowBytes: 100_000,
  answerMs: 300,
};

export const OK = encodeHeaders([[':status', '200']]);
export const END = encodeHeaders([['x-end', 'yes']]);

/** A server for tests, with what becomes of its connections. */
export interface TestServer {
  readonly port: number;
  readonly connections: Set<Http2Connection>;
  readonly faults: (ConnectionFault | undefined)[];
  close(): Promise<void>;
}

export async function serveHttp2(
  onStream: (stream: Http2Stream) => void,
  limits: Partial<Http2Limits> = {},
): Promise<TestServer> {
  const connections = new Set<Http2Connection>();
  const faults: (ConnectionFault | undefined)[] = [];
  const server: Server = createHttp2Server({
    limits: { ...LIMITS, ...limits },
    onConnection: (connection) => connections.add(connection),
    onStream,
    onClose: (connection, fault) => {
      connections.delete(connection);
      faults.push(fault);
    },
    onOtherProtocol: () => {},
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    faults,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
}

export interface SeenFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** A client that sends whatever frames it is told to, and understands none. */
export class Peer {
  readonly socket: Socket;
  readonly seen: SeenFrame[] = [];
  #rest = Buffer.alloc(0);
  #wake: (() => void) | undefined;
  #isClosed = false;

  constructor(port: number, isGreeting = true) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('error', () => {});
    this.socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.socket.on('close', () => {
      this.#isClosed = true;
      this.#wake?.();
    });
    if (isGreeting) this.send(PREFACE, settingsFrame({}));
  }

  send(...frames: readonly Uint8Array[]): this {
    this.socket.write(Buffer.concat(frames));
    return this;
  }

  /** The next frame of a type that was not given yet; undefined: the server has hung up. */
  async next(...types: readonly number[]): Promise<SeenFrame | undefined> {
    for (;;) {
      const at = this.seen.findIndex(({ type }) => types.includes(type));
      if (at !== -1) return this.seen.splice(at, 1)[0];
      if (this.#isClosed) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The error code with which the server ends the connection; undefined: it hangs up without one. */
  async goaway(): Promise<number | undefined> {
    return (await this.next(FRAME.goaway))?.payload.readUInt32BE(4);
  }

  /** The error code with which the server ends a stream, or the connection. */
  async refusal(): Promise<{ code: number; isStream: boolean } | undefined> {
    const frame = await this.next(FRAME.reset, FRAME.goaway);
    if (!frame) return undefined;
    const isStream = frame.type === FRAME.reset;
    return { code: frame.payload.readUInt32BE(isStream ? 0 : 4), isStream };
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 9) {
      const end = 9 + this.#rest.readUIntBE(0, 3);
      if (this.#rest.length < end) break;
      this.seen.push({
        type: this.#rest.readUInt8(3),
        flags: this.#rest.readUInt8(4),
        streamId: this.#rest.readUInt32BE(5),
        payload: this.#rest.subarray(9, end),
      });
      this.#rest = this.#rest.subarray(end);
    }
    this.#wake?.();
  }
}

const POST = encodeHeaders([
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/'],
]);

/** HEADERS of a request. */
export function request(streamId: number, flags: number = FLAG.endHeaders, block = POST): Buffer {
  return frameOf(FRAME.headers, flags, streamId, block);
}

/** HEADERS of a request without a body. */
export function wholeRequest(streamId: number): Buffer {
  return request(streamId, FLAG.endHeaders | FLAG.endStream);
}

export function data(streamId: number, bytes: Uint8Array | number, flags = 0): Buffer {
  const payload = typeof bytes === 'number' ? Buffer.alloc(bytes) : bytes;
  return frameOf(FRAME.data, flags, streamId, payload);
}
