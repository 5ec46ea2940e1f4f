import { createReadStream, type ReadStream, statSync } from 'node:fs';
import { Fault, messageOf, quote } from '../base/fault.ts';

/** A file named on the command line. */
export interface Input {
  /** As it was named; `-` is standard input. */
  readonly name: string;
  /** 0 where that is not known. */
  readonly sizeBytes: number;
}

/** What the files of a command are. */
export interface InputKind {
  /** Begins the codes of its faults. */
  readonly command: string;
  readonly noun: string;
}

const CHUNK_BYTES = 256 * 1024;
/** @see RFC 1952 §2.3.1 */
const GZIP = Buffer.from([0x1f, 0x8b]);

/** Looks at every file before any is read, so that a mistyped name costs no waiting.
 *  @throws {Fault} `COMMAND/not-found`, `COMMAND/folder-invalid` */
export function toInputs(names: readonly string[], { command, noun }: InputKind): Input[] {
  return names.map((name) => {
    if (name === '-') return { name, sizeBytes: 0 };
    const stats = statSync(name, { throwIfNoEntry: false });
    if (stats === undefined) {
      throw new Fault(`${command}/not-found`, `${quote(name, 200)} does not exist`, {
        hint: `name ${noun}, or \`-\` for standard input`,
      });
    }
    if (stats.isDirectory()) {
      throw new Fault(`${command}/folder-invalid`, `${quote(name, 200)} is a folder`, {
        hint: `name the ${noun} in it`,
      });
    }
    return { name, sizeBytes: stats.isFile() ? stats.size : 0 };
  });
}

/** The bytes of an input, unpacked where they are packed with gzip.
 *  @param onRead told how many bytes were read, as they lie in the file
 *  @throws {Fault} `COMMAND/unreadable`, after what could be read */
export async function* bytesOf(
  { name }: Input,
  { command }: InputKind,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  try {
    yield* await unpacked(counting(open(name), onRead));
  } catch (thrown) {
    throw toFault(thrown, name, command);
  }
}

function open(name: string): ReadStream | NodeJS.ReadStream {
  return name === '-' ? process.stdin : createReadStream(name, { highWaterMark: CHUNK_BYTES });
}

async function* counting(
  stream: AsyncIterable<Buffer>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    onRead(chunk.length);
    yield chunk;
  }
}

async function unpacked(bytes: AsyncGenerator<Buffer>): Promise<AsyncIterable<Buffer>> {
  const first = await atLeast(bytes, GZIP.length);
  const whole = followedBy(first, bytes);
  if (!first.subarray(0, GZIP.length).equals(GZIP)) return whole;
  const [{ createGunzip }, { pipeline, Readable }] = await Promise.all([
    import('node:zlib'),
    import('node:stream'),
  ]);
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // An error comes out of the gunzip, where it is read.
  pipeline(Readable.from(whole), gunzip, () => undefined);
  return gunzip;
}

/** The first bytes, at least so many of them, unless there are no more. */
export async function atLeast(bytes: AsyncIterator<Buffer>, count: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let length = 0; length < count; ) {
    const next = await bytes.next();
    if (next.done) break;
    parts.push(next.value);
    length += next.value.length;
  }
  return Buffer.concat(parts);
}

export async function* followedBy(
  first: Buffer,
  rest: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  yield* rest;
}

function toFault(thrown: unknown, name: string, command: string): Fault {
  if (thrown instanceof Fault) return thrown;
  const code = (thrown as NodeJS.ErrnoException).code ?? '';
  const why = code.startsWith('Z_')
    ? 'what is packed in it is broken or cut off'
    : messageOf(thrown);
  return new Fault(
    `${command}/unreadable`,
    `${quote(name, 200)} could not be read to its end: ${why}`,
    {
      hint: 'what was read before counts',
    },
  );
}
