import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { Fault } from '../../base/fault.ts';
import { Protocol } from '../../estate/index.ts';
import { RANK } from '../hop.ts';
import { bytesOf, lengthOf, type Steps, toJsonBytes, withHead } from '../steps.ts';
import {
  EDGE,
  type EdgeRows,
  ENDPOINT_EDGE_WORDS,
  SERVICE_EDGE_WORDS,
  TRACES,
} from './edge-rows.ts';
import type { GraphLimits } from './limits.ts';
import type { GraphParts } from './parts.ts';

/** The layout, all numbers little-endian:
 *
 *       4 bytes  `RVG2`
 *       4 bytes  length of the header
 *       4 bytes  CRC-32 of all that follows
 *       4 bytes  0
 *       …        the header, in JSON, filled up with spaces to a multiple of 8
 *       …        rows of edges, then of endpoint edges, as in `edge-rows.ts`, with places in the header's lists for
 *                numbers of names; 0 is from outside
 */
const MAGIC = 0x32475652;
const HEAD_BYTES = 16;
const LAST_TIME = 8.64e15;
const NUMBERS = [EDGE.requests, EDGE.failed, EDGE.denied, EDGE.authenticated] as const;

const Header = z.strictObject({
  version: z.literal(1),
  services: z.array(z.tuple([z.string(), z.number(), z.number(), z.number(), z.boolean()])),
  endpoints: z.array(z.tuple([z.int(), Protocol, z.string(), z.string()])),
  edges: z.int().min(0),
  endpointEdges: z.int().min(0),
});
type Header = z.infer<typeof Header>;

/** Rows that are copied in one step. */
const STEP_ROWS = 4_096;

/** All that is counted, as bytes. What is counted between two steps may be in it or not: rows stand for themselves. */
export function* snapshotOf(parts: GraphParts): Steps<Uint8Array[]> {
  const { names, edges, endpointEdges, services } = parts;
  const servicePlaces = new Map<number, number>([[0, 0]]);
  const listed: Header['services'] = [];
  const placeOfService = (service: number): number => {
    const known = servicePlaces.get(service);
    if (known !== undefined) return known;
    const place = listed.push([
      names.services.text(service),
      services.requests(service),
      services.firstSeen(service),
      services.lastSeen(service),
      services.tells(service),
    ]);
    servicePlaces.set(service, place);
    return place;
  };
  for (let service = 1; service < services.end; service++) {
    placeOfService(service);
    if (service % STEP_ROWS === 0) yield;
  }
  const endpointPlaces = new Map<number, number>();
  const endpoints: Header['endpoints'] = [];
  const placeOfEndpoint = (number: number): number => {
    const known = endpointPlaces.get(number);
    if (known !== undefined) return known;
    const endpoint = names.endpointOf(number);
    if (!endpoint) return 0;
    const { service, protocol, method, template } = endpoint;
    const place = endpoints.push([placeOfService(service), protocol, method, template]);
    endpointPlaces.set(number, place);
    return place;
  };
  const edgeWords = yield* wordsOf(edges, placeOfService, placeOfService);
  const endpointWords = yield* wordsOf(endpointEdges, placeOfService, placeOfEndpoint);
  const counts = {
    edges: rowsIn(edgeWords, edges),
    endpointEdges: rowsIn(endpointWords, endpointEdges),
  };
  const header: Header = { version: 1, services: listed, endpoints, ...counts };
  return yield* pack(header, [...edgeWords, ...endpointWords]);
}

type PlaceOf = (number: number) => number;

function* wordsOf(rows: EdgeRows, from: PlaceOf, to: PlaceOf): Steps<Uint32Array[]> {
  const copies: Uint32Array[] = [];
  const end = rows.size + 1;
  for (let first = 1; first < end; first += STEP_ROWS) {
    const words = rows.words.slice(rows.at(first), rows.at(Math.min(end, first + STEP_ROWS)));
    for (let at = 0; at < words.length; at += rows.stride) {
      words[at + EDGE.from] = from(words[at + EDGE.from] ?? 0);
      words[at + EDGE.to] = to(words[at + EDGE.to] ?? 0);
    }
    copies.push(words);
    yield;
  }
  return copies;
}

function rowsIn(copies: readonly Uint32Array[], { stride }: EdgeRows): number {
  return copies.reduce((sum, { length }) => sum + length, 0) / stride;
}

function* pack(header: Header, rows: readonly Uint32Array[]): Steps<Uint8Array[]> {
  const json = yield* toJsonBytes(header);
  const length = lengthOf(json);
  const padding = Buffer.alloc(-length & 7, ' ');
  return yield* withHead(MAGIC, length + padding.length, [...json, padding, ...rows.map(bytesOf)]);
}

/** Fills a graph that is empty; what is over the limits is left out.
 *  @throws {Fault} `tracing/snapshot-malformed` */
export function restoreGraph(bytes: Uint8Array, parts: GraphParts, limits: GraphLimits): void {
  const { header, words } = unpack(bytes);
  const edgeWords = header.edges * SERVICE_EDGE_WORDS;
  const endpointWords = header.endpointEdges * ENDPOINT_EDGE_WORDS;
  if (words.length !== edgeWords + endpointWords) throw malformed('it is cut off');
  const services = restoreServices(header, parts, limits);
  const endpoints = restoreEndpoints(header, parts, services);
  restoreRows(words.subarray(0, edgeWords), parts.edges, limits.maxEdges, services, services);
  const rest = words.subarray(edgeWords);
  restoreRows(rest, parts.endpointEdges, limits.maxEndpointEdges, services, endpoints);
}

/** Numbers of services by their places; the first is from outside. */
function restoreServices(header: Header, parts: GraphParts, limits: GraphLimits): number[] {
  const numbers = [0];
  for (const [id, requests, firstSeen, lastSeen, tells] of header.services) {
    const number = id === '' ? 0 : parts.names.services.number(id);
    const isKept = number !== 0 && number <= limits.maxServices;
    numbers.push(isKept ? number : -1);
    if (!isKept || !isTime(lastSeen) || lastSeen === 0) continue;
    const first = isTime(firstSeen) && firstSeen > 0 ? firstSeen : lastSeen;
    parts.services.count(number, countOf(requests), first, lastSeen, tells);
  }
  return numbers;
}

function restoreEndpoints(
  header: Header,
  parts: GraphParts,
  services: readonly number[],
): number[] {
  const numbers = [0];
  for (const [place, protocol, method, template] of header.endpoints) {
    const service = services[place] ?? 0;
    numbers.push(service > 0 ? parts.names.endpoint(service, protocol, method, template) : 0);
  }
  return numbers;
}

function restoreRows(
  words: Uint32Array,
  rows: EdgeRows,
  most: number,
  fromNumbers: readonly number[],
  toNumbers: readonly number[],
): void {
  const { stride } = rows;
  for (let at = 0; at < words.length && rows.size < most; at += stride) {
    const from = fromNumbers[words[at + EDGE.from] ?? 0] ?? -1;
    const to = toNumbers[words[at + EDGE.to] ?? 0] ?? 0;
    if (from < 0 || to <= 0 || rows.find(from, to) !== 0) continue;
    const row = rows.add(from, to);
    rows.words.set(words.subarray(at + 2, at + stride), rows.at(row) + 2);
    mend(rows, row);
  }
}

/** Numbers that no graph has would stay in it for ever. */
function mend(rows: EdgeRows, row: number): void {
  const half = rows.at(row) / 2;
  for (const field of NUMBERS) {
    rows.floats[half + field / 2] = countOf(rows.number(row, field));
  }
  for (const field of [EDGE.firstSeen, EDGE.lastSeen]) {
    if (!isTime(rows.number(row, field))) rows.floats[half + field / 2] = 0;
  }
  const at = rows.at(row);
  if (rows.word(row, EDGE.rank) > RANK.authenticated) rows.words[at + EDGE.rank] = RANK.none;
  if (rows.stride !== SERVICE_EDGE_WORDS) return;
  rows.words[at + EDGE.traceCount] = Math.min(rows.word(row, EDGE.traceCount), 2 * TRACES - 1);
}

function countOf(value: number): number {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER ? Math.floor(value) : 0;
}

function isTime(value: number): boolean {
  return value >= 0 && value <= LAST_TIME;
}

function unpack(bytes: Uint8Array): { header: Header; words: Uint32Array } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < HEAD_BYTES || buffer.readUInt32LE(0) !== MAGIC) {
    throw malformed('it does not begin like one');
  }
  const length = buffer.readUInt32LE(4);
  const body = buffer.subarray(HEAD_BYTES);
  if (crc32(body) !== buffer.readUInt32LE(8) || buffer.readUInt32LE(12) !== 0)
    throw malformed('its checksum is another');
  if (length > body.length || (body.length - length) % 4 !== 0) throw malformed('it is cut off');
  const words = new Uint32Array((body.length - length) / 4);
  Buffer.from(words.buffer).set(body.subarray(length));
  const header = Header.safeParse(parse(body.toString('utf8', 0, length)));
  if (!header.success) throw malformed('its header is of another version', header.error);
  return { header: header.data, words };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed('its header is not JSON', cause);
  }
}

function malformed(why: string, cause?: unknown): Fault {
  return new Fault(
    'tracing/snapshot-malformed',
    `the snapshot of the call graph cannot be read: ${why}`,
    { hint: 'remove it: the graph is made again of what comes', cause },
  );
}
