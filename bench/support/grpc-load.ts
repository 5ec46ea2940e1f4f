import { connect, type Socket } from 'node:net';

/** What calls came to. */
export interface GrpcLoadResult {
  readonly calls: number;
  readonly callsASecond: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  /** Calls that ended without an answer, or with another status than 0. */
  readonly failed: number;
}

/** Calls a unary method again and again over several connections, with frames that are made by hand beforehand: a load
 *  that costs so little that it is the server that is measured. */
export class GrpcLoad {
  readonly #connections: Connection[];

  private constructor(connections: Connection[]) {
    this.#connections = connections;
  }

  /** @param messages the messages to send, one after the other, over and over */
  static async open(
    port: number,
    path: string,
    messages: readonly Buffer[],
    connections: number,
  ): Promise<GrpcLoad> {
    const opened = Array.from({ length: connections }, () =>
      Connection.open(port, path, messages.map(toDataFrame)),
    );
    return new GrpcLoad(await Promise.all(opened));
  }

  /** As many calls as are answered, with so many under way on each connection. */
  async flood(seconds: number, underWay: number): Promise<GrpcLoadResult> {
    for (const connection of this.#connections) connection.begin(underWay);
    const result = await this.#measured(seconds);
    for (const connection of this.#connections) connection.again = false;
    return result;
  }

  /** So many calls a second, however long they take. */
  async pace(seconds: number, callsASecond: number): Promise<GrpcLoadResult> {
    let sent = 0;
    const start = performance.now();
    const timer = setInterval(() => {
      const due = ((performance.now() - start) / 1_000) * callsASecond;
      for (; sent < due; sent++) this.#connections[sent % this.#connections.length]?.call();
      for (const connection of this.#connections) connection.flush();
    }, 1);
    const result = await this.#measured(seconds);
    clearInterval(timer);
    return result;
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  async #measured(seconds: number): Promise<GrpcLoadResult> {
    for (const connection of this.#connections) connection.reset();
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    const elapsed = (performance.now() - start) / 1_000;
    const times = Float64Array.from(this.#connections.flatMap(({ times }) => times)).sort();
    const at = (share: number) => times[Math.floor(times.length * share)] ?? 0;
    return {
      calls: times.length,
      callsASecond: times.length / elapsed,
      p50Milliseconds: at(0.5),
      p99Milliseconds: at(0.99),
      failed: this.#connections.reduce((sum, { failed }) => sum + failed, 0),
    };
  }
}

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const HEAD = 9;
const [DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE] = [0, 1, 3, 4, 6, 7, 8];
const [END_STREAM, ACK, END_HEADERS] = [1, 1, 4];
/** What servers most often allow on one connection. */
const MAX_UNDER_WAY = 100;
const LARGEST_WINDOW = 2 ** 31 - 1;

/** One connection of HTTP/2, as far as it is needed.
 *  @see RFC 9113 */
class Connection {
  times: number[] = [];
  failed = 0;
  again = false;
  readonly #socket: Socket;
  readonly #frames: readonly Buffer[];
  readonly #blocks: { readonly first: Buffer; readonly later: Buffer };
  readonly #started = new Map<number, number>();
  readonly #waiting: number[] = [];
  #out: Buffer[] = [];
  #isFlushing = false;
  #stream = -1;
  #next = 0;
  #rest: Buffer = Buffer.alloc(0);
  #received = 0;

  private constructor(socket: Socket, path: string, frames: readonly Buffer[]) {
    this.#socket = socket;
    this.#frames = frames;
    this.#blocks = headerBlocks(path);
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.write(PREFACE);
    // INITIAL_WINDOW_SIZE, and as much for the connection
    const window = Buffer.alloc(6);
    window.writeUInt16BE(4, 0);
    window.writeUInt32BE(LARGEST_WINDOW, 2);
    socket.write(frame(SETTINGS, 0, 0, window));
    this.#widen(LARGEST_WINDOW - 65_535);
  }

  static async open(port: number, path: string, frames: readonly Buffer[]): Promise<Connection> {
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new Connection(socket, path, frames);
  }

  reset(): void {
    this.times = [];
    this.failed = 0;
  }

  begin(underWay: number): void {
    this.again = true;
    for (let count = 0; count < underWay; count++) this.call();
    this.flush();
  }

  /** Begins a call, as soon as the server lets another one be under way. */
  call(since = performance.now()): void {
    if (this.#started.size >= MAX_UNDER_WAY) {
      this.#waiting.push(since);
      return;
    }
    const isFirst = this.#stream === -1;
    this.#stream += 2;
    const block = isFirst ? this.#blocks.first : this.#blocks.later;
    const data = this.#frames[this.#next++ % this.#frames.length] as Buffer; // there is one at least
    const size = HEAD + block.length;
    const bytes = Buffer.allocUnsafe(size + data.length);
    writeHead(bytes, 0, block.length, HEADERS, END_HEADERS, this.#stream);
    block.copy(bytes, HEAD);
    data.copy(bytes, size);
    bytes.writeUInt32BE(this.#stream, size + 5);
    this.#out.push(bytes);
    this.#started.set(this.#stream, since);
  }

  flush(): void {
    this.#isFlushing = false;
    if (this.#out.length === 0) return;
    this.#socket.write(Buffer.concat(this.#out));
    this.#out = [];
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= HEAD) {
      const end = at + HEAD + bytes.readUIntBE(at, 3);
      if (end > bytes.length) break;
      this.#take(bytes, at, end);
      at = end;
    }
    this.#rest = bytes.subarray(at);
    this.#received += chunk.length;
    if (this.#received > 2 ** 28) {
      this.#widen(this.#received);
      this.#received = 0;
    }
  }

  #take(bytes: Buffer, at: number, end: number): void {
    const type = bytes[at + 3] as number; // the head is there
    const flags = bytes[at + 4] as number; // as above
    if (type === SETTINGS && (flags & ACK) === 0) this.#socket.write(frame(SETTINGS, ACK, 0));
    else if (type === PING && (flags & ACK) === 0) {
      this.#socket.write(frame(PING, ACK, 0, bytes.subarray(at + HEAD, end)));
    } else if (type === RST_STREAM || type === GOAWAY) this.failed++;
    else if ((type === HEADERS || type === DATA) && (flags & END_STREAM) !== 0) {
      this.#end(bytes.readUInt32BE(at + 5));
    }
  }

  #end(stream: number): void {
    this.times.push(performance.now() - (this.#started.get(stream) ?? 0));
    this.#started.delete(stream);
    const since = this.#waiting.shift();
    if (since === undefined && !this.again) return;
    this.call(since);
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    setImmediate(() => this.flush());
  }

  #widen(bytes: number): void {
    const increment = Buffer.alloc(4);
    increment.writeUInt32BE(bytes);
    this.#socket.write(frame(WINDOW_UPDATE, 0, 0, increment));
  }
}

/** The headers of a call, as the first on a connection writes them, and as all later ones do, which refer to these.
 *  @see RFC 7541 */
function headerBlocks(path: string): { readonly first: Buffer; readonly later: Buffer } {
  const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  // literal with incremental indexing; the number is that of the name in the static table
  const named = (name: number, value: string) =>
    Buffer.concat([Buffer.from([0x40 | name]), text(value)]);
  const added = [
    named(4, path),
    named(1, '127.0.0.1'),
    named(31, 'application/grpc'),
    Buffer.concat([Buffer.from([0x40]), text('te'), text('trailers')]),
  ];
  const postOverHttp = Buffer.from([0x83, 0x86]);
  const references = added.map((_, index) => 0x80 | (61 + added.length - index));
  return {
    first: Buffer.concat([postOverHttp, ...added]),
    later: Buffer.concat([postOverHttp, Buffer.from(references)]),
  };
}

/** The last frame of a call; the number of its stream is to be written at byte 5. */
function toDataFrame(message: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return frame(DATA, END_STREAM, 0, Buffer.concat([prefix, message]));
}

function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const bytes = Buffer.alloc(HEAD + payload.length);
  writeHead(bytes, 0, payload.length, type, flags, stream);
  payload.copy(bytes, HEAD);
  return bytes;
}

function writeHead(
  bytes: Buffer,
  at: number,
  length: number,
  type: number,
  flags: number,
  stream: number,
): void {
  bytes.writeUIntBE(length, at, 3);
  bytes[at + 3] = type;
  bytes[at + 4] = flags;
  bytes.writeUInt32BE(stream, at + 5);
}
