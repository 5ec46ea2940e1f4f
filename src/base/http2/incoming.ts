import type { Floods } from './floods.ts';
import type { FrameTaker } from './frame-reader.ts';
import { frameOf, SETTINGS_ACK } from './frames.ts';
import { HeaderBlocks } from './header-blocks.ts';
import type { HeaderLimits } from './hpack/index.ts';
import { checkOfConnection, checkSize, numberAt, PRIORITY_BYTES, paddingOf } from './payload.ts';
import { ERROR, FLAG, FRAME } from './protocol.ts';
import { ConnectionFault } from './protocol-fault.ts';
import { areTrailers } from './request-headers.ts';
import { readSettings } from './settings.ts';
import type { Http2Stream } from './stream.ts';
import type { Streams } from './streams.ts';

export interface IncomingPorts {
  readonly headers: HeaderLimits;
  readonly streams: Streams;
  readonly floods: Floods;
  /** A ping of ours was answered. */
  readonly onPong: () => void;
  /** The client begins no request any more. */
  readonly onGoaway: () => void;
  /** Something has begun, and the rest of it is waited for; false: it is there. */
  readonly onWaiting: (isWaiting: boolean) => void;
}

/** Does what the frames of a client say, one after the other.
 *  @see RFC 9113 §6 */
export class Incoming implements FrameTaker {
  readonly #ports: IncomingPorts;
  readonly #streams: Streams;
  readonly #floods: Floods;
  readonly #blocks: HeaderBlocks;
  #hasSettings = false;
  #isStopped = false;

  constructor(ports: IncomingPorts) {
    this.#ports = ports;
    this.#streams = ports.streams;
    this.#floods = ports.floods;
    this.#blocks = new HeaderBlocks(ports.headers);
  }

  /** Nothing that comes is looked at any more. */
  stop(): void {
    this.#isStopped = true;
  }

  take(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    if (this.#isStopped) return;
    this.#checkOrder(type);
    if (type === FRAME.data) this.#takeData(flags, streamId, bytes, start, end);
    else if (type === FRAME.headers) this.#takeHeaders(flags, streamId, bytes, start, end);
    else if (type === FRAME.continuation) {
      this.#takeContinuation(flags, streamId, bytes, start, end);
    } else if (type === FRAME.pushPromise) {
      throw new ConnectionFault(ERROR.protocol, 'Clients do not push');
    } else if (type === FRAME.reset) this.#takeReset(streamId, end - start);
    else {
      this.#floods.control();
      this.#takeControl(type, flags, streamId, bytes, start, end);
    }
  }

  #takeControl(
    type: number,
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    if (type === FRAME.windowUpdate) this.#takeWindowUpdate(streamId, bytes, start, end);
    else if (type === FRAME.settings) this.#takeSettings(flags, streamId, bytes, start, end);
    else if (type === FRAME.ping) this.#takePing(flags, streamId, bytes, start, end);
    else if (type === FRAME.priority) this.#takePriority(streamId, bytes, start, end);
    else if (type === FRAME.goaway) this.#takeGoaway(streamId, end - start);
    // frames of any other type are none of ours, and ignored: RFC 9113 §4.1
  }

  /** @see RFC 9113 §3.4, §6.10 */
  #checkOrder(type: number): void {
    if (!this.#hasSettings && type !== FRAME.settings) {
      throw new ConnectionFault(ERROR.protocol, 'The client does not begin with SETTINGS');
    }
    if (this.#blocks.begun !== undefined && type !== FRAME.continuation) {
      throw new ConnectionFault(ERROR.protocol, 'The headers of a message were interrupted');
    }
  }

  #takeData(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    const padding = paddingOf(flags, bytes, start, end);
    const flow = end - start;
    this.#streams.spend(flow);
    const stream = this.#streams.get(streamId);
    if (stream === undefined || stream.hasAll) {
      this.#streams.credit(flow);
      this.#refuseData(streamId, stream);
      return;
    }
    const endsStream = (flags & FLAG.endStream) !== 0;
    if (flow > padding) this.#floods.data();
    else if (!endsStream) this.#floods.control();
    const first = start + Math.min(padding, 1);
    const error = stream.receive(bytes, first, first + flow - padding, padding);
    if (error !== undefined) {
      this.#streams.credit(flow);
      this.#streams.breach(streamId, error);
    } else if (endsStream) this.#endRequest(stream);
  }

  /** DATA of a stream that takes none. */
  #refuseData(streamId: number, stream: Http2Stream | undefined): void {
    this.#checkBegun(streamId, 'DATA');
    if (stream === undefined && this.#streams.isForgiven(streamId)) this.#floods.control();
    else this.#streams.breach(streamId, ERROR.streamClosed);
  }

  #endRequest(stream: Http2Stream): void {
    const error = stream.receiveEnd();
    if (error !== undefined) this.#streams.breach(stream.id, error);
  }

  #takeHeaders(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    if (streamId % 2 === 0) {
      throw new ConnectionFault(ERROR.protocol, 'Streams of clients have odd numbers');
    }
    const padding = paddingOf(flags, bytes, start, end);
    const last = end - Math.max(padding - 1, 0);
    let first = start + Math.min(padding, 1);
    if ((flags & FLAG.priority) !== 0) {
      checkSize(last - first >= PRIORITY_BYTES, 'HEADERS');
      this.#checkPriority(streamId, bytes, first);
      first += PRIORITY_BYTES;
    }
    const endsStream = (flags & FLAG.endStream) !== 0;
    if ((flags & FLAG.endHeaders) !== 0) this.#takeBlock(streamId, endsStream, bytes, first, last);
    else {
      this.#blocks.begin(streamId, endsStream, bytes, first, last);
      this.#ports.onWaiting(true);
    }
  }

  #takeContinuation(
    flags: number,
    streamId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const { begun } = this.#blocks;
    if (begun?.streamId !== streamId) {
      throw new ConnectionFault(ERROR.protocol, 'CONTINUATION of no headers');
    }
    this.#blocks.goOn(bytes, start, end);
    if ((flags & FLAG.endHeaders) === 0) return;
    this.#ports.onWaiting(false);
    const whole = this.#blocks.whole();
    this.#takeBlock(streamId, begun.endsStream, whole, 0, whole.length);
  }

  #takeBlock(
    streamId: number,
    endsStream: boolean,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    if (this.#streams.hasBegun(streamId)) {
      this.#takeTrailers(streamId, endsStream, bytes, start, end);
      return;
    }
    const headers = this.#blocks.request(bytes, start, end);
    const stream = this.#streams.begin(streamId, headers, !endsStream);
    if (stream && endsStream) this.#endRequest(stream);
  }

  #takeTrailers(
    streamId: number,
    endsStream: boolean,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    // read in any case: it may change what the next ones mean
    const fields = this.#blocks.fields(bytes, start, end);
    const stream = this.#streams.get(streamId);
    if (stream === undefined && this.#streams.isForgiven(streamId)) this.#floods.control();
    else if (stream === undefined) {
      throw new ConnectionFault(ERROR.streamClosed, 'Headers came of a stream that is closed');
    } else if (stream.hasAll) this.#streams.breach(streamId, ERROR.streamClosed);
    else if (endsStream && fields && areTrailers(fields)) this.#endRequest(stream);
    else this.#streams.breach(streamId, ERROR.protocol);
  }

  #takePriority(streamId: number, bytes: Buffer, start: number, end: number): void {
    if (streamId === 0) throw new ConnectionFault(ERROR.protocol, 'PRIORITY of no stream');
    if (end - start !== PRIORITY_BYTES) this.#streams.breach(streamId, ERROR.frameSize);
    else this.#checkPriority(streamId, bytes, start);
  }

  /** Priorities are not followed, only checked.
   *  @see RFC 7540 §5.3.1 */
  #checkPriority(streamId: number, bytes: Buffer, at: number): void {
    if (numberAt(bytes, at) !== streamId) return;
    throw new ConnectionFault(ERROR.protocol, 'A stream depends on itself');
  }

  #takeReset(streamId: number, length: number): void {
    this.#checkBegun(streamId, 'RST_STREAM');
    checkSize(length === 4, 'RST_STREAM');
    this.#floods.reset();
    this.#streams.get(streamId)?.break();
  }

  #takeSettings(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    checkOfConnection(streamId, 'SETTINGS');
    if ((flags & FLAG.ack) !== 0) {
      checkSize(start === end, 'SETTINGS with ACK');
      if (this.#hasSettings) return;
      throw new ConnectionFault(ERROR.protocol, 'The client does not begin with SETTINGS');
    }
    const window = readSettings(bytes, start, end);
    if (!this.#hasSettings) this.#ports.onWaiting(false);
    this.#hasSettings = true;
    // before anything that they let be sent
    this.#streams.send(SETTINGS_ACK);
    if (window !== undefined) this.#streams.changeWindows(window);
  }

  #takePing(flags: number, streamId: number, bytes: Buffer, start: number, end: number): void {
    checkOfConnection(streamId, 'PING');
    checkSize(end - start === 8, 'PING');
    if ((flags & FLAG.ack) !== 0) this.#ports.onPong();
    else this.#streams.send(frameOf(FRAME.ping, FLAG.ack, 0, bytes.subarray(start, end)));
  }

  #takeGoaway(streamId: number, length: number): void {
    checkOfConnection(streamId, 'GOAWAY');
    checkSize(length >= 8, 'GOAWAY');
    this.#ports.onGoaway();
  }

  /** @see RFC 9113 §6.9 */
  #takeWindowUpdate(streamId: number, bytes: Buffer, start: number, end: number): void {
    checkSize(end - start === 4, 'WINDOW_UPDATE');
    const increment = numberAt(bytes, start);
    if (streamId === 0) {
      if (increment === 0) throw new ConnectionFault(ERROR.protocol, 'WINDOW_UPDATE by nothing');
      if (this.#streams.sender.widen(increment)) return;
      throw new ConnectionFault(ERROR.flowControl, 'The connection gets too large a window');
    }
    this.#checkBegun(streamId, 'WINDOW_UPDATE');
    const stream = this.#streams.get(streamId);
    if (increment === 0) this.#streams.breach(streamId, ERROR.protocol);
    else if (stream?.widen(increment) === false) {
      this.#streams.breach(streamId, ERROR.flowControl);
    }
  }

  /** @throws {ConnectionFault} for a stream that the client has not begun */
  #checkBegun(streamId: number, frame: string): void {
    if (this.#streams.hasBegun(streamId)) return;
    throw new ConnectionFault(ERROR.protocol, `${frame} of a stream that has not begun`);
  }
}
