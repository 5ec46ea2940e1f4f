import { randomInt } from 'node:crypto';
import type { JudgePayload } from '../../estate/sighting/index.ts';
import type { SpanSink } from '../../estate/spans/index.ts';
import { CallLog, KeyWriter, Parties, SightingTable } from './counting/index.ts';
import { encodeHalves, Pairing, restoreHalves } from './pairing/index.ts';
import { COUNTED_ATTRIBUTES, JsonReader, ProtobufReader, SpanFields } from './reading/index.ts';
import { ReasonCounts } from './reasons.ts';
import { SpanRows } from './rows/index.ts';
import { SpanTaker, type SpanTakerParts } from './span-taker.ts';
import { type Flushed, type Taken, toTaken } from './taken.ts';

export type Encoding = 'protobuf' | 'json';

export interface DecoderLimits {
  /** How long one side of a call waits for the other. */
  readonly pairWindowSeconds: number;
  /** Sides of calls that wait at once. */
  readonly maxHalves: number;
  /** Services taken in an hour, and hosts remembered. */
  readonly maxParties: number;
}

export interface DecoderOptions {
  /** Of the hashes: random, so that nobody can send what collides. */
  readonly seed?: number;
  /** Judges payloads; without it, none is looked at. */
  readonly judge?: JudgePayload | undefined;
  /** Is given each span that is one side of a call; without it, spans are only counted. */
  readonly spans?: SpanSink | undefined;
}

/** What spans go through. */
interface Tables {
  readonly parts: SpanTakerParts;
  readonly taker: SpanTaker;
  readonly readers: Readonly<Record<Encoding, { read(body: Uint8Array): void }>>;
}

/** Turns export requests into counted sightings and calls. Reads the wanted fields from the bytes and
 *  counts under keys made of them; only what is new becomes strings. Its memory is bounded by its
 *  limits, but for what waits to be flushed. */
export class OtlpDecoder {
  readonly #limits: DecoderLimits;
  readonly #options: DecoderOptions;
  /** Megabytes, made for the first spans: many servers are sent none. */
  #made: Tables | undefined;

  constructor(limits: DecoderLimits, options: DecoderOptions = {}) {
    this.#limits = limits;
    this.#options = options;
  }

  get #tables(): Tables {
    this.#made ??= tablesOf(this.#limits, this.#options);
    return this.#made;
  }

  /** Sides of calls that wait for the other, or for the end of their window. */
  get waitingCount(): number {
    return this.#made?.parts.pairing.size ?? 0;
  }

  /** Takes in one ExportTraceServiceRequest; nothing of `body` is needed afterwards.
   *  @param now milliseconds since 1970
   *  @throws {Fault} `otlp/protobuf-malformed`, `otlp/json-malformed`, `otlp/json-too-large`; what
   *  stood before the break has been taken in */
  take(body: Uint8Array, encoding: Encoding, now: number): Taken {
    const { parts, taker, readers } = this.#tables;
    taker.now = now;
    taker.spanCount = 0;
    parts.pairing.expire(Math.floor(now / 1_000));
    readers[encoding].read(body);
    return toTaken(taker.spanCount, parts.counts.drain());
  }

  /** What came since the last time, and the calls that nobody answered until now.
   *  @param now milliseconds since 1970 */
  flush(now: number): Flushed {
    if (this.#made === undefined) return { sightings: [], calls: [], halves: Buffer.alloc(0) };
    const { parties, sightings, calls, pairing } = this.#made.parts;
    pairing.expire(Math.floor(now / 1_000));
    const halves = encodeHalves(pairing.ring, pairing.unwritten(), {
      service: (id) => parties.service(id),
      host: (id) => parties.host(id),
      operation: (id) => sightings.operationOf(id),
    });
    return { sightings: sightings.drain(), calls: calls.drain(), halves };
  }

  /** Has the next `flush` give all halves that wait: those that were flushed did not become durable. */
  forgetFlushedHalves(): void {
    this.#made?.parts.pairing.forgetWritten();
  }

  /** Takes up halves that waited when the process ended, the oldest buffer first. Those over the window
   *  are passed over, and `flush` does not give them again.
   *  @param now milliseconds since 1970
   *  @throws {Fault} `otlp/halves-malformed` */
  restore(halves: Buffer, now: number): void {
    const { parts } = this.#tables;
    parts.calls.at = now;
    restoreHalves(halves, now, parts);
  }
}

function tablesOf(
  { pairWindowSeconds: windowSeconds, maxHalves, maxParties }: DecoderLimits,
  { seed = randomInt(2 ** 31), judge, spans }: DecoderOptions,
): Tables {
  const key = new KeyWriter(seed);
  const counts = new ReasonCounts();
  const parties = new Parties(maxParties, key);
  const sightings = new SightingTable();
  const calls = new CallLog(parties, sightings, counts);
  const pairing = new Pairing({ windowSeconds, maxHalves }, calls, seed);
  const rows = spans && new SpanRows({ sink: spans, key, parties, sightings });
  const parts = { key, counts, parties, sightings, calls, pairing, judge, rows };
  const taker = new SpanTaker(parts);
  const fields = new SpanFields();
  fields.wantsPayloads = judge !== undefined;
  if (spans === undefined) fields.attributesEnd = COUNTED_ATTRIBUTES;
  const readers = {
    protobuf: new ProtobufReader(fields, taker),
    json: new JsonReader(fields, taker),
  };
  return { parts, taker, readers };
}
