import { z } from 'zod';
import { Fault } from '../base/fault.ts';
import { NamesState } from './names.ts';
import { lengthOf, type Steps, toJsonBytes } from './steps.ts';

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

/** Its bytes, in parts. All but names is written in the first step, for it may change in the next.
 *  @param state with the parts of its bytes */
export function* writeEngineState({
  baseline,
  graph,
  names,
  ...rest
}: Omit<EngineState, 'baseline' | 'graph'> & {
  readonly baseline: readonly Uint8Array[];
  readonly graph: readonly Uint8Array[];
}): Steps<Uint8Array[]> {
  const sizes = { baseline: lengthOf(baseline), graph: lengthOf(graph) };
  const others = JSON.stringify({ version: 1, ...rest, ...sizes }).slice(0, -1);
  const listed = yield* toJsonBytes(names);
  const header = [Buffer.from(`${others},"names":`), ...listed, Buffer.from('}')];
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32LE(MAGIC, 0);
  prefix.writeUInt32LE(lengthOf(header), 4);
  return [prefix, ...header, ...baseline, ...graph];
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
