import {
  SIDE,
  SPAN_FIELD,
  SPAN_FLAG,
  SPAN_WORDS,
  type SpanBatch,
} from '../../../src/estate/spans/index.ts';
import { Random } from './random.ts';
import { nameOf } from './reports.ts';
import { Row, Rows } from './rows.ts';

/** An estate as large as tracing is made for, with as many endpoints a callee, at the rate that it has to keep up with. */
export const CROWD = {
  services: 10_000,
  callees: 4,
  endpoints: 5,
  hopsATrace: 5,
  spansASecond: 300_000,
} as const;

/** Who sends rows together. `nodes`: collectors, one for some 30 services, once a second each, so that the sides of a
 *  request come in different batches. `mixed`: one gateway that takes rows of thousands of services as they come. */
export type CrowdShape = 'nodes' | 'mixed';
const NODES = 333;
const SECONDS_A_BATCH = 1;
const MIXED_ROWS = 8_192;
const ROWS = 1_000_000;
const ROWS_A_TRACE = 1 + 2 * CROWD.hopsATrace;
const TRACES = Math.floor(ROWS / ROWS_A_TRACE);
/** Of traces: one for each endpoint that they may come in by, in an order that jumps about. */
const KINDS = CROWD.services * CROWD.endpoints;
const STEP = 20_011;

/** Words of a row until it is known in which batch it stands. */
const DRAFT = { trace: 0, span: 1, parent: 2, side: 3, teller: 4, caller: 5, endpoint: 6 } as const;
const DRAFT_WORDS = 7;

/** How long the traffic of `crowdBatches` lasts, in milliseconds. */
export const CROWD_MS = (TRACES * ROWS_A_TRACE * 1_000) / CROWD.spansASecond;

/** 3.3 seconds of traffic in which each service asks each of its callees for each of five things: trees of requests, some
 *  beside each other and some below each other, with both sides of each, proved, from anywhere to anywhere. */
export function crowdBatches(shape: CrowdShape, startsAt: number): SpanBatch[] {
  const drafts = draftTraces();
  const rows = new Rows();
  const batches: SpanBatch[] = [];
  for (const members of shape === 'nodes' ? byNode(drafts) : asTheyCome(drafts)) {
    for (const member of members) writeRow(rows, drafts, member, startsAt);
    if (members.length > 0) batches.push(rows.take());
  }
  return batches;
}

/** The same requests again, later, in other traces. */
export function moveOn({ words }: SpanBatch, byMs: number): void {
  const starts = new Float64Array(words.buffer, words.byteOffset, words.length >> 1);
  for (let at = 0; at < words.length; at += SPAN_WORDS) {
    const start = (at + SPAN_FIELD.start) >> 1;
    starts[start] = (starts[start] ?? 0) + byMs;
    words[at + SPAN_FIELD.trace] = ((words[at + SPAN_FIELD.trace] ?? 0) + 1) >>> 0;
  }
}

/** What an endpoint of a service leads to is the same each time: the like of it at each callee, and one thing below. */
function draftTraces(): Uint32Array {
  const random = new Random(1);
  const drafts = new Uint32Array(TRACES * ROWS_A_TRACE * DRAFT_WORDS);
  let count = 0;
  const write = (...words: number[]) => drafts.set(words, count++ * DRAFT_WORDS);
  for (let trace = 0; trace < TRACES; trace++) {
    const kind = (trace * STEP) % KINDS;
    const endpoint = kind % CROWD.endpoints;
    const call = (caller: number, span: number, callee: number): number => {
      const [client, server] = [random.word(), random.word()];
      write(trace, client, span, SIDE.caller, caller, caller, endpoint);
      write(trace, server, client, SIDE.called | SPAN_FLAG.hasContext, callee, caller, endpoint);
      return server;
    };
    const entry = Math.floor(kind / CROWD.endpoints);
    const span = random.word();
    write(trace, span, 0, SIDE.called, entry, CROWD.services, endpoint);
    const first = calleeOf(entry, 0);
    const below = call(entry, span, first);
    call(first, below, calleeOf(first, endpoint % CROWD.callees));
    for (let turn = 1; turn < CROWD.callees; turn++) call(entry, span, calleeOf(entry, turn));
  }
  return drafts;
}

function calleeOf(service: number, turn: number): number {
  return (service * 7 + 1 + turn * 2_503) % CROWD.services;
}

/** Members of batches, as places in `drafts`. */
function asTheyCome(drafts: Uint32Array): Uint32Array[] {
  const all = Uint32Array.from({ length: drafts.length / DRAFT_WORDS }, (_, member) => member);
  return Array.from({ length: Math.ceil(all.length / MIXED_ROWS) }, (_, batch) =>
    all.subarray(batch * MIXED_ROWS, (batch + 1) * MIXED_ROWS),
  );
}

function byNode(drafts: Uint32Array): Uint32Array[] {
  const count = drafts.length / DRAFT_WORDS;
  const batchOf = (member: number): number => {
    const second = Math.floor(member / (CROWD.spansASecond * SECONDS_A_BATCH));
    return second * NODES + ((drafts[member * DRAFT_WORDS + DRAFT.teller] ?? 0) % NODES);
  };
  const ends = new Uint32Array(NODES * Math.ceil(CROWD_MS / 1_000 / SECONDS_A_BATCH));
  for (let member = 0; member < count; member++)
    ends[batchOf(member)] = (ends[batchOf(member)] ?? 0) + 1;
  for (let batch = 1; batch < ends.length; batch++)
    ends[batch] = (ends[batch] ?? 0) + (ends[batch - 1] ?? 0);
  const sorted = new Uint32Array(count);
  const starts = ends.slice();
  for (let member = count - 1; member >= 0; member--) {
    const batch = batchOf(member);
    starts[batch] = (starts[batch] ?? 0) - 1;
    sorted[starts[batch] ?? 0] = member;
  }
  return Array.from(ends, (end, batch) => sorted.subarray(starts[batch], end));
}

const row = new Row();

function writeRow(rows: Rows, drafts: Uint32Array, member: number, startsAt: number): void {
  const draft = (field: number): number => drafts[member * DRAFT_WORDS + field] ?? 0;
  const teller = `service-${draft(DRAFT.teller)}`;
  const path = `/v1/things-${draft(DRAFT.endpoint)}/{id}`;
  row.at = startsAt + (member * 1_000) / CROWD.spansASecond;
  row.durationMs = 3;
  row.status = 200;
  spread(row.traceId, draft(DRAFT.trace) + 1);
  spread(row.span, draft(DRAFT.span));
  spread(row.parent, draft(DRAFT.parent));
  row.side = draft(DRAFT.side);
  row.service = rows.party(teller, () => nameOf('crowd', teller));
  row.operation = rows.operation(path, () => ({
    ...{ protocol: 'http', method: 'GET' },
    ...{ path, route: path },
  }));
  row.instance = addressOf(rows, draft(DRAFT.teller));
  row.version = rows.text(`${teller}:1`);
  const caller = draft(DRAFT.caller);
  const isProved = (row.side & SPAN_FLAG.hasContext) !== 0;
  row.principal = isProved ? rows.text(`spiffe://estate.example/sa/service-${caller}`) : 0;
  row.address = isProved ? addressOf(rows, caller) : 0;
  rows.write(row);
}

function addressOf(rows: Rows, service: number): number {
  return rows.text(`10.${service >> 16}.${(service >> 8) & 255}.${service & 255}`);
}

/** An id that looks random; of 0, none. */
function spread(id: Uint32Array, seed: number): void {
  for (let word = 0; word < id.length; word++) id[word] = Math.imul(seed, 0x9e3779b1 + 2 * word);
}
