import { believedTime, type JudgePayload } from '../../estate/sighting/index.ts';
import {
  type CallLog,
  type KeyWriter,
  NO_NAME,
  type Parties,
  type SightingTable,
  TOO_MANY,
} from './counting/index.ts';
import { type Meaning, messageCount, Operations } from './meaning/index.ts';
import type { Pairing } from './pairing/index.ts';
import { type RequestHandler, ROLE, SPAN_KIND, type SpanFields, uint32 } from './reading/index.ts';
import { type ReasonCounts, reasonNumber } from './reasons.ts';
import type { SpanRows } from './rows/index.ts';
import { SpanPayloads } from './span-payloads.ts';

const NO_SERVICE_NAME = reasonNumber('no service name');
const TOO_MANY_SERVICES = reasonNumber('too many services');
const NO_IDS = reasonNumber('no trace or span id');
const NOT_A_CALL = reasonNumber('not a call');
const NO_OPERATION = reasonNumber('no operation');
const TOO_MANY_DOCUMENTS = reasonNumber('too many GraphQL documents');
const WRONG_TYPE = reasonNumber('attribute of a wrong type');
const NO_TIME = reasonNumber('no time');
const WRONG_TIME = reasonNumber('clock not believed');

const DAY_MS = 86_400_000;
/** New GraphQL documents that are parsed in a second. */
const MAX_DOCUMENTS = 500;

export interface SpanTakerParts {
  readonly parties: Parties;
  readonly sightings: SightingTable;
  readonly calls: CallLog;
  readonly pairing: Pairing;
  readonly counts: ReasonCounts;
  readonly key: KeyWriter;
  /** Absent where payloads may not be looked at. */
  readonly judge?: JudgePayload | undefined;
  /** Absent where nobody wants single requests. */
  readonly rows?: SpanRows | undefined;
}

/** Counts each span of a request under what it stands for. */
export class SpanTaker implements RequestHandler {
  /** Milliseconds since 1970. */
  now = 0;
  /** Spans of the request so far. */
  spanCount = 0;
  readonly #parts: SpanTakerParts;
  readonly #operations = new Operations();
  readonly #payloads: SpanPayloads | undefined;
  /** Of the resource whose spans are being read: an id, `NO_NAME` or `TOO_MANY`. */
  #service = NO_NAME;
  #documentSecond = 0;
  #documentCount = 0;

  constructor(parts: SpanTakerParts) {
    this.#parts = parts;
    this.#payloads = parts.judge && new SpanPayloads(parts.judge);
  }

  onResource(resource: SpanFields): void {
    const { parties, rows } = this.#parts;
    this.#service = parties.serviceId(resource, this.now);
    if (rows !== undefined && this.#service > NO_NAME) rows.onResource(resource, this.#service);
  }

  onSpan(span: SpanFields): void {
    const { counts } = this.#parts;
    this.spanCount++;
    if (span.wrongTypes > 0) counts.add(WRONG_TYPE, span.wrongTypes);
    const isCall = span.kind > SPAN_KIND.internal && span.kind <= SPAN_KIND.consumer;
    if (!isCall && !span.has(ROLE.graphqlDocument)) counts.add(NOT_A_CALL);
    else if (this.#service <= NO_NAME) {
      counts.add(this.#service === TOO_MANY ? TOO_MANY_SERVICES : NO_SERVICE_NAME);
    } else if (span.traceIdAt < 0 || span.spanIdAt < 0) counts.add(NO_IDS);
    else if (span.kind === SPAN_KIND.client) this.#takeClient(span);
    else this.#takeOther(span, isCall);
  }

  #takeClient(span: SpanFields): void {
    const { pairing, parties, calls, rows } = this.#parts;
    const at = this.#timeOf(span);
    calls.at = at;
    loadIds(pairing.id, span.bytes, span.traceIdAt, span.spanIdAt);
    const host = parties.hostId(span, this.#service);
    pairing.addCaller(this.#service, host, Math.floor(this.now / 1_000));
    if (rows !== undefined) rows.addCaller(span, at, host);
  }

  #takeOther(span: SpanFields, isCall: boolean): void {
    const { counts, key, pairing, calls, rows } = this.#parts;
    const at = this.#timeOf(span);
    if (span.has(ROLE.graphqlDocument)) this.#takeGraphql(span, at);
    if (!isCall) return;
    let operation = 0;
    if (this.#operations.writeKey(span, this.#service, key)) {
      operation = this.#count(span, at);
    } else counts.add(NO_OPERATION);
    if (rows !== undefined) rows.add(span, at, operation);
    if (span.kind !== SPAN_KIND.server || span.parentIdAt < 0) return;
    calls.at = at;
    loadIds(pairing.id, span.bytes, span.traceIdAt, span.parentIdAt);
    pairing.addCalled(this.#service, operation, Math.floor(this.now / 1_000));
  }

  #takeGraphql(span: SpanFields, at: number): void {
    const { counts, key, sightings } = this.#parts;
    if (!this.#operations.writeGraphqlKey(span, this.#service, key)) {
      if (span.kind <= SPAN_KIND.internal) counts.add(NOT_A_CALL);
      return;
    }
    if (sightings.find(key) < 0 && !this.#mayParse()) counts.add(TOO_MANY_DOCUMENTS);
    else this.#count(span, at);
  }

  /** Counts a span under the key that was written; the id of its operation, or 0 where it has none. */
  #count(span: SpanFields, at: number): number {
    const { sightings, counts, key } = this.#parts;
    const known = sightings.find(key);
    const number = known >= 0 ? known : this.#describe(span);
    const reason = sightings.reasonOf(number);
    if (reason >= 0) {
      counts.add(reason);
      return 0;
    }
    sightings.count(number, messageCount(span), at);
    if (this.#payloads !== undefined) this.#sample(this.#payloads, span, number);
    return sightings.idOf(number);
  }

  #sample(payloads: SpanPayloads, span: SpanFields, number: number): void {
    if (!payloads.areIn(span)) return;
    const { sightings } = this.#parts;
    const operation = sightings.sampledAt(number);
    const samples = operation && payloads.judge(span, operation);
    if (samples !== undefined) sightings.addSamples(number, samples);
  }

  #describe(span: SpanFields): number {
    const { sightings, parties, key } = this.#parts;
    const meaning: Meaning = this.#operations.meaning(span, key);
    return sightings.add(key, parties.service(this.#service), meaning);
  }

  /** When the span began, as far as its clock is believed; else now. */
  #timeOf({ startMs }: SpanFields): number {
    const { now } = this;
    if (startMs <= 0) {
      this.#parts.counts.add(NO_TIME);
      return now;
    }
    const at = believedTime(startMs, now);
    if (at === now && Math.abs(startMs - now) > DAY_MS) this.#parts.counts.add(WRONG_TIME);
    return at;
  }

  #mayParse(): boolean {
    const second = Math.floor(this.now / 1_000);
    if (second !== this.#documentSecond) {
      this.#documentSecond = second;
      this.#documentCount = 0;
    }
    return ++this.#documentCount <= MAX_DOCUMENTS;
  }
}

function loadIds(id: Uint32Array, bytes: Uint8Array, traceIdAt: number, spanIdAt: number): void {
  id[0] = uint32(bytes, traceIdAt);
  id[1] = uint32(bytes, traceIdAt + 4);
  id[2] = uint32(bytes, traceIdAt + 8);
  id[3] = uint32(bytes, traceIdAt + 12);
  id[4] = uint32(bytes, spanIdAt);
  id[5] = uint32(bytes, spanIdAt + 4);
}
