import { Fault, quote } from '../../base/fault.ts';
import { HASH_BYTES } from '../../base/merkle/index.ts';
import { type NoteSigner, readNote, type SignedNote } from './note.ts';

/** What a log vouches for: how many entries it has, and the root of their tree.
 *  @see https://c2sp.org/tlog-checkpoint */
export interface Checkpoint {
  /** The log's name. */
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

/** Signed by the log, whose name is its origin. */
export function signCheckpoint(
  { size, root }: Omit<Checkpoint, 'origin'>,
  signer: NoteSigner,
  now: number,
): string {
  const text = `${signer.name}\n${size}\n${root.toString('base64')}\n`;
  return `${text}\n${signer.sign(text, now)}`;
}

/** Whose signatures hold is for `signatureOf` to say.
 *  @throws {Fault} `audit/note-malformed` */
export function readCheckpoint(note: string): { checkpoint: Checkpoint; note: SignedNote } {
  const read = readNote(note);
  const [origin = '', sizeText = '', rootText = ''] = read.text.split('\n');
  const size = /^(?:0|[1-9]\d{0,15})$/.test(sizeText) ? Number(sizeText) : -1;
  const root = Buffer.from(rootText, 'base64');
  const isRoot = root.length === HASH_BYTES && root.toString('base64') === rootText;
  if (origin === '' || !Number.isSafeInteger(size) || size < 0 || !isRoot) {
    throw new Fault('audit/note-malformed', `This is not a checkpoint: ${quote(note)}`, {
      hint: 'its lines are the name of the log, the number of its entries and their root',
    });
  }
  return { checkpoint: { origin, size, root }, note: read };
}
