import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { Fault } from '../../base/fault.ts';
import { Protocol } from '../../estate/index.ts';
import { RANK } from '../hop.ts';
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

export function snapshotOf({ names, edges, endpointEdges, services }: GraphParts): Buffer {
  const servicePlaces = new Map<number, number>([[0, 0]]);
  const endpointPlaces = new Map<number, number>();
  const header: Header = {
    ...{ version: 1, services: [], endpoints: [] },
    ...{ edges: edges.size, endpointEdges: endpointEdges.size },
  };
  for (let service = 1; service < services.end; service++) {
    const { length } = header.services;
    servicePlaces.set(service, length + 1);
    header.services.push([
      names.services.text(service),
      services.requests(service),
      services.firstSeen(service),
      services.lastSeen(service),
      services.tells(service),
    ]);
  }
  for (let row = 1; row <= endpointEdges.size; row++) {
    const number = endpointEdges.word(row, EDGE.to);
    const endpoint = names.endpointOf(number);
    if (!endpoint || endpointPlaces.has(number)) continue;
    const { service, protocol, method, template } = endpoint;
    const place = servicePlaces.get(service) ?? 0;
    endpointPlaces.set(number, header.endpoints.push([place, protocol, method, template]));
  }
  return pack(header, [
    wordsOf(edges, servicePlaces, servicePlaces),
    wordsOf(endpointEdges, servicePlaces, endpointPlaces),
  ]);
}

type Places = ReadonlyMap<number, number>;

function wordsOf(rows: EdgeRows, from: Places, to: Places): Uint32Array {
  const words = rows.words.slice(rows.stride, (rows.size + 1) * rows.stride);
  for (let at = 0; at < words.length; at += rows.stride) {
    words[at + EDGE.from] = from.get(words[at + EDGE.from] ?? 0) ?? 0;
    words[at + EDGE.to] = to.get(words[at + EDGE.to] ?? 0) ?? 0;
  }
  return words;
}

function pack(header: Header, rows: readonly Uint32Array[]): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const body = Buffer.concat([
    json,
    Buffer.alloc(-json.length & 7, ' '),
    ...rows.map((words) => Buffer.from(words.buffer, words.byteOffset, words.byteLength)),
  ]);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(json.length + (-json.length & 7), 4);
  head.writeUInt32LE(crc32(body), 8);
  return Buffer.concat([head, body]);
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
  if (crc32(body) !== buffer.readUInt32LE(8)) throw malformed('its checksum is another');
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
