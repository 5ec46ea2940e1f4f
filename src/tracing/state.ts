import { z } from 'zod';
import { Fault } from '../base/fault.ts';
import { NamesState } from './names.ts';

/** The layout, numbers little-endian: 4 bytes `RVTE`, 4 bytes length of the header, the header in JSON, then the parts in
 *  the order in which the header counts their bytes. */
const MAGIC = 0x45545652;
const PREFIX_BYTES = 8;

const Header = z.strictObject({
  version: z.literal(1),
  /** Hops that were told until then. */
  hops: z.int().min(0),
  names: NamesState,
  detector: z.unknown(),
  stories: z.unknown(),
  /** Bytes of each part. */
  baseline: z.int().min(0),
  graph: z.int().min(0),
});

/** What an engine has learnt. Numbers are those of its names. */
export interface EngineState {
  readonly hops: number;
  readonly names: NamesState;
  readonly detector: unknown;
  readonly stories: unknown;
  readonly baseline: Buffer;
  readonly graph: Buffer;
}

export function writeEngineState({ baseline, graph, ...rest }: EngineState): Buffer {
  const sizes = { baseline: baseline.length, graph: graph.length };
  const header = Buffer.from(JSON.stringify({ version: 1, ...rest, ...sizes }));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32LE(MAGIC, 0);
  prefix.writeUInt32LE(header.length, 4);
  return Buffer.concat([prefix, header, baseline, graph]);
}

/** @throws {Fault} `tracing/snapshot-malformed` */
export function readEngineState(bytes: Buffer): EngineState {
  if (bytes.length < PREFIX_BYTES || bytes.readUInt32LE(0) !== MAGIC) throw malformed();
  const headerEnd = PREFIX_BYTES + bytes.readUInt32LE(4);
  const { version: _, ...header } = readHeader(bytes.subarray(PREFIX_BYTES, headerEnd));
  const graphAt = headerEnd + header.baseline;
  if (graphAt + header.graph !== bytes.length) throw malformed();
  return {
    ...header,
    baseline: bytes.subarray(headerEnd, graphAt),
    graph: bytes.subarray(graphAt),
  };
}

function readHeader(bytes: Buffer): z.infer<typeof Header> {
  try {
    return Header.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw malformed(cause);
  }
}

const malformed = (cause?: unknown): Fault =>
  new Fault('tracing/snapshot-malformed', 'What tracing had learnt cannot be read', {
    hint: 'it is learnt anew; a baseline is of use after some days',
    ...(cause !== undefined && { cause }),
  });
