import { Fault } from '../../../base/fault.ts';
import { isFields, listAt } from '../../../base/pick.ts';
import type { Party, Protocol } from '../../../estate/index.ts';
import { PROTOCOLS } from '../../../estate/sighting/index.ts';
import type { Operation } from '../meaning/index.ts';
import { FLAG, HALF, HALF_WORDS, type HalfRing } from './half-ring.ts';

/** The layout, all numbers little-endian:
 *
 *      4 bytes   `RVH1`
 *      4 bytes   length of the dictionary
 *      …         the dictionary, in JSON: `services`, a list of [name, namespace, environment];
 *                `hosts`, of [host, port, caller's namespace]; `operations`, of
 *                [protocol, method, path, route]; null where there is none
 *     40 bytes a half, to the end:
 *                16 trace id, 8 id of the caller's span, 4 place of its service in the dictionary,
 *                4 place of the host (caller) or the operation (called), plus one, 0 for none,
 *                4 seconds since 1970 when it came, 4 flags: 1 called side, 2 answered
 *
 *  so that it can be read apart from everything else, and its bytes are mostly those of the ids. */
const MAGIC = 0x31485652;
const HEADER_BYTES = 8;
const RECORD_BYTES = 40;

export interface HalvesPorts {
  readonly service: (id: number) => Party | undefined;
  readonly host: (id: number) => Party | undefined;
  readonly operation: (id: number) => Operation | undefined;
}

/** Halves from one number up to but not including another, to be kept over the end of the process. */
export function encodeHalves(
  ring: HalfRing,
  [first, end]: readonly [number, number],
  ports: HalvesPorts,
): Buffer {
  const count = (end - first) >>> 0;
  if (count === 0) return Buffer.alloc(0);
  const services = new Places(ports.service, serviceRow);
  const hosts = new Places(ports.host, hostRow);
  const operations = new Places(ports.operation, operationRow);
  const records = Buffer.allocUnsafe(count * RECORD_BYTES);
  const words = new Uint32Array(HALF_WORDS);
  let at = 0;
  for (let index = 0; index < count; index++) {
    const number = (first + index) >>> 0;
    for (let word = 0; word < HALF_WORDS; word++) words[word] = ring.word(number, word);
    const service = services.placeOf(words[HALF.service] ?? 0);
    if (service === 0) continue;
    const refs = ((words[HALF.flags] ?? 0) & FLAG.called) === 0 ? hosts : operations;
    for (let word = 0; word < HALF.service; word++)
      at = records.writeUInt32LE(words[word] ?? 0, at);
    at = records.writeUInt32LE(service - 1, at);
    at = records.writeUInt32LE(refs.placeOf(words[HALF.ref] ?? 0), at);
    at = records.writeUInt32LE(words[HALF.seenAt] ?? 0, at);
    at = records.writeUInt32LE(words[HALF.flags] ?? 0, at);
  }
  const rows = { services: services.rows, hosts: hosts.rows, operations: operations.rows };
  const dictionary = Buffer.from(JSON.stringify(rows));
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(dictionary.length, 4);
  return Buffer.concat([header, dictionary, records.subarray(0, at)]);
}

type Row = readonly (string | number | null)[];

/** Gives each id that still means something a place in the dictionary, counted from 1. */
class Places<Entry> {
  readonly rows: Row[] = [];
  readonly #entryOf: (id: number) => Entry | undefined;
  readonly #toRow: (entry: Entry) => Row;
  readonly #places = new Map<number, number>();

  constructor(entryOf: (id: number) => Entry | undefined, toRow: (entry: Entry) => Row) {
    this.#entryOf = entryOf;
    this.#toRow = toRow;
  }

  placeOf(id: number): number {
    const known = this.#places.get(id);
    if (known !== undefined) return known;
    const entry = this.#entryOf(id);
    const place = entry === undefined ? 0 : this.rows.push(this.#toRow(entry));
    this.#places.set(id, place);
    return place;
  }
}

function serviceRow({ subject }: Party): Row {
  if (subject.by !== 'name') return ['', null, null];
  return [subject.name, subject.namespace ?? null, subject.environment ?? null];
}

function hostRow({ subject }: Party): Row {
  if (subject.by !== 'address') return ['', null, null];
  return [subject.host, subject.port ?? null, subject.namespace ?? null];
}

function operationRow({ protocol, method, path, route }: Operation): Row {
  return [protocol, method, path, route ?? null];
}

/** One half as it was written. */
export interface RestoredHalf {
  /** Six words of ids. */
  readonly id: Uint32Array;
  readonly isCalled: boolean;
  readonly isAnswered: boolean;
  /** Places in the dictionary; -1 for none. */
  readonly service: number;
  readonly ref: number;
  readonly seenAt: number;
}

export interface RestoredHalves {
  readonly services: readonly { name: string; namespace: string; environment: string }[];
  readonly hosts: readonly { host: string; port: number }[];
  readonly operations: readonly Pick<Operation, 'protocol' | 'method' | 'path' | 'route'>[];
  readonly halves: readonly RestoredHalf[];
}

/** @throws {Fault} `otlp/halves-malformed` */
export function decodeHalves(bytes: Buffer): RestoredHalves {
  const dictionaryBytes = bytes.length < HEADER_BYTES ? 0 : bytes.readUInt32LE(4);
  const recordsAt = HEADER_BYTES + dictionaryBytes;
  const recordBytes = bytes.length - recordsAt;
  if (bytes.length < HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC || recordBytes < 0) {
    throw malformed();
  }
  if (recordBytes % RECORD_BYTES !== 0) throw malformed();
  const dictionary = parse(bytes.toString('utf8', HEADER_BYTES, recordsAt));
  const halves: RestoredHalf[] = [];
  for (let at = recordsAt; at < bytes.length; at += RECORD_BYTES) halves.push(halfAt(bytes, at));
  return {
    services: listAt(dictionary, 'services').map((row) => ({
      name: textOf(row, 0),
      namespace: textOf(row, 1),
      environment: textOf(row, 2),
    })),
    hosts: listAt(dictionary, 'hosts').map((row) => ({
      host: textOf(row, 0),
      port: Number(cell(row, 1) ?? 0) || 0,
    })),
    operations: listAt(dictionary, 'operations').map(operationOf),
    halves,
  };
}

function halfAt(bytes: Buffer, start: number): RestoredHalf {
  const wordAt = (word: number): number => bytes.readUInt32LE(start + word * 4);
  const flags = wordAt(HALF.flags);
  return {
    id: Uint32Array.from({ length: HALF.service }, (_, word) => wordAt(word)),
    isCalled: (flags & FLAG.called) !== 0,
    isAnswered: (flags & FLAG.answered) !== 0,
    service: wordAt(HALF.service),
    ref: wordAt(HALF.ref) - 1,
    seenAt: wordAt(HALF.seenAt),
  };
}

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (isFields(value)) return value;
  } catch {
    // said below, without the text
  }
  throw malformed();
}

function operationOf(row: unknown): Pick<Operation, 'protocol' | 'method' | 'path' | 'route'> {
  const protocol = PROTOCOLS.find((known): known is Protocol => known === cell(row, 0)) ?? 'http';
  const route = textOf(row, 3);
  return {
    protocol,
    method: textOf(row, 1),
    path: textOf(row, 2),
    ...(route !== '' && { route }),
  };
}

function cell(row: unknown, index: number): unknown {
  return Array.isArray(row) ? row[index] : undefined;
}

function textOf(row: unknown, index: number): string {
  const value = cell(row, index);
  return typeof value === 'string' ? value : '';
}

function malformed(): Fault {
  return new Fault('otlp/halves-malformed', 'Sides of calls that waited cannot be read back');
}
