import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Fault, quote } from './fault.ts';

const MAX_BYTES = 16_384;
/** What the group and others may do with a file of ours. */
const BEYOND_OWNER = 0o077;
/** The same without that the group reads: a file that somebody else put there for us, as Kubernetes does, is read so. */
const BEYOND_GROUP = 0o037;

/** The text of a small file that nobody may read but its owner, or the group of one that belongs to somebody else.
 *  @param code what faults begin with: `vault/kek`
 *  @param user who runs this process
 *  @throws {Fault} `CODE-not-found`, `CODE-exposed`, `CODE-malformed` */
export function readPrivateFile(file: string, code: string, user = process.getuid?.()): string {
  const name = quote(file, 200);
  const malformed = (why: string) => new Fault(`${code}-malformed`, why);
  const descriptor = open(file, code);
  const bytes = Buffer.alloc(MAX_BYTES + 1);
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw malformed(`${name} is not a file`);
    const mode = status.mode & 0o777;
    const forbidden = status.uid === user ? BEYOND_OWNER : BEYOND_GROUP;
    if ((mode & forbidden) !== 0) {
      throw new Fault(
        `${code}-exposed`,
        `${name} has the mode ${mode.toString(8).padStart(4, '0')}: others than its owner may use it`,
        { hint: 'find out who may have read it; then `chmod 600`, and best replace what it holds' },
      );
    }
    const size = readSync(descriptor, bytes, 0, bytes.length, 0);
    if (size > MAX_BYTES) throw malformed(`${name} has more than ${MAX_BYTES} bytes`);
    return bytes.toString('utf8', 0, size).trim();
  } finally {
    bytes.fill(0);
    closeSync(descriptor);
  }
}

function open(file: string, beginning: string): number {
  try {
    return openSync(file, 'r');
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    const why = `${quote(file, 200)} cannot be read (${code ?? 'for an unknown reason'})`;
    throw new Fault(`${beginning}-not-found`, why);
  }
}
