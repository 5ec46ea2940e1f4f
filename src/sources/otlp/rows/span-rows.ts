import {
  SPAN_FIELD,
  SPAN_FLAG,
  type SpanSink,
  socketAddress,
} from '../../../estate/spans/index.ts';
import { messageCount, messageSide, spiffeIdOf } from '../meaning/index.ts';
import {
  MAX_LINKS,
  ROLE,
  SPAN_KIND,
  type SpanFields,
  STATUS_CODE,
  uint32,
} from '../reading/index.ts';
import { Places, type PlacesParts } from './places.ts';

const MAX_DURATION = 2 ** 32 - 1;
const TRACE_WORDS = 4;
const SPAN_ID_WORDS = 2;

/** Writes each span that is one side of a call as a row of a batch. */
export class SpanRows {
  readonly #parts: PlacesParts;
  readonly #sink: SpanSink;
  readonly #places: Places;
  /** Batch that the places of the resource are good in; 0 where they were not looked for yet: a resource whose spans are
   *  no calls leaves nothing behind. */
  #batch = 0;
  /** Of the resource whose spans are being read: ids, and their places. */
  #service = 0;
  #instance = 0;
  #version = 0;
  #servicePlace = 0;
  #instancePlace = 0;
  #versionPlace = 0;

  constructor(parts: PlacesParts) {
    this.#parts = parts;
    this.#sink = parts.sink;
    this.#places = new Places(parts);
  }

  /** The spans that follow are those of this resource.
   *  @param service the id of its service */
  onResource(resource: SpanFields, service: number): void {
    this.#service = service;
    this.#instance = this.#places.textId(resource, 'instance', instanceOf);
    this.#version = this.#places.textId(resource, 'version', versionOf);
    this.#batch = 0;
  }

  /** Writes a SERVER, PRODUCER or CONSUMER span.
   *  @param at when it began, as far as that is believed; milliseconds since 1970
   *  @param operation the id that it was counted under; 0 where it was not */
  add(span: SpanFields, at: number, operation: number): void {
    if (!this.#sink.hasRoom()) return;
    this.#checkBatch();
    const isServer = span.kind === SPAN_KIND.server;
    const host = isServer ? 0 : this.#parts.parties.hostId(span, this.#service);
    this.#write(span, at, span.kind, host, operation === 0 ? 0 : this.#places.answered(operation));
  }

  /** Writes a CLIENT span.
   *  @param host the id of the host that it called, or 0 */
  addCaller(span: SpanFields, at: number, host: number): void {
    if (!this.#sink.hasRoom()) return;
    this.#checkBatch();
    this.#write(span, at, messageSide(span), host, this.#places.requested(span));
  }

  #write(span: SpanFields, at: number, side: number, host: number, operation: number): void {
    const places = this.#places;
    const { writer } = this.#sink;
    const { bytes } = span;
    const row = writer.next(at === span.startMs ? span.startNanos / 1e6 : at);
    const { words } = writer;
    copyId(bytes, span.traceIdAt, words, row + SPAN_FIELD.trace, TRACE_WORDS);
    copyId(bytes, span.spanIdAt, words, row + SPAN_FIELD.span, SPAN_ID_WORDS);
    if (span.parentIdAt >= 0) {
      copyId(bytes, span.parentIdAt, words, row + SPAN_FIELD.parent, SPAN_ID_WORDS);
    }
    words[row + SPAN_FIELD.duration] = durationOf(span);
    words[row + SPAN_FIELD.side] = side | flagsOf(span, operation !== 0 && places.isOperational);
    words[row + SPAN_FIELD.status] = operation === 0 ? httpStatusOf(span) : places.status;
    words[row + SPAN_FIELD.service] = this.#servicePlace;
    words[row + SPAN_FIELD.operation] = operation;
    words[row + SPAN_FIELD.peer] = places.peer(span, this.#service, host);
    if (span.kind === SPAN_KIND.server) {
      words[row + SPAN_FIELD.principal] = places.text(span, 'mtlsPeer', principalOf);
      words[row + SPAN_FIELD.address] = places.text(span, 'socketPeer', addressOf);
    }
    words[row + SPAN_FIELD.instance] = this.#instancePlace;
    words[row + SPAN_FIELD.version] = this.#versionPlace;
    words[row + SPAN_FIELD.count] = messageCount(span);
    if (span.linkCount > 0 && isContinued(side)) this.#addLinks(span);
  }

  #addLinks(span: SpanFields): void {
    const { writer } = this.#sink;
    for (let link = 0; link < Math.min(span.linkCount, MAX_LINKS); link++) {
      const id = new Uint32Array(TRACE_WORDS + SPAN_ID_WORDS);
      copyId(span.bytes, span.linkedTraceAt[link] ?? 0, id, 0, TRACE_WORDS);
      copyId(span.bytes, span.linkedSpanAt[link] ?? 0, id, TRACE_WORDS, SPAN_ID_WORDS);
      writer.link(id);
    }
    writer.linksLeftOut += Math.max(0, span.linkCount - MAX_LINKS);
  }

  #checkBatch(): void {
    if (this.#batch !== this.#sink.batch) this.#findPlaces();
  }

  #findPlaces(): void {
    const places = this.#places;
    this.#batch = this.#sink.batch;
    places.batch = this.#batch;
    this.#servicePlace = places.service(this.#service);
    this.#instancePlace = places.textOf(this.#instance);
    this.#versionPlace = places.textOf(this.#version);
  }
}

/** Whether a span of this side goes on with what it links to: a consumer with what was sent, and a server that begins a
 *  trace of its own with what asked it. */
function isContinued(side: number): boolean {
  return side === SPAN_KIND.consumer || side === SPAN_KIND.server;
}

function flagsOf(span: SpanFields, isOperational: boolean): number {
  const isAsked = isContinued(span.kind);
  const hasContext = !isAsked || span.parentIdAt >= 0 || span.linkCount > 0;
  return (
    (span.statusCode === STATUS_CODE.error ? SPAN_FLAG.failed : 0) |
    (isOperational ? SPAN_FLAG.operational : 0) |
    (hasContext ? SPAN_FLAG.hasContext : 0)
  );
}

/** Microseconds; 0 where the span does not say, or ends before it begins. */
function durationOf({ startNanos, endNanos }: SpanFields): number {
  return Math.min(MAX_DURATION, Math.max(0, (endNanos - startNanos) / 1e3));
}

function httpStatusOf(span: SpanFields): number {
  const status = span.number(ROLE.httpStatus);
  return status >= 100 && status <= 999 ? status : 0;
}

function copyId(
  bytes: Uint8Array,
  from: number,
  words: Uint32Array,
  to: number,
  length: number,
): void {
  for (let word = 0; word < length; word++) words[to + word] = uint32(bytes, from + word * 4);
}

const WORDS = /^[^\p{Cc}]{1,255}$/u;

/** An address as callees see it, or the name of the place. */
function instanceOf(resource: SpanFields): string {
  const text = resource.text('instance');
  return socketAddress(text) ?? (WORDS.test(text) ? text : '');
}

function versionOf(resource: SpanFields): string {
  const text = resource.text('version');
  return WORDS.test(text) ? text : '';
}

function principalOf(span: SpanFields): string {
  return spiffeIdOf(span) ?? '';
}

function addressOf(span: SpanFields): string {
  return socketAddress(span.text('socketPeer')) ?? '';
}
