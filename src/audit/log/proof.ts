import { Fault, quote } from '../../base/fault.ts';
import { leafHash, proveInclusion, subtreesOf, verifyInclusion } from '../../base/merkle/index.ts';
import type { AuditLog } from '../../estate/index.ts';
import {
  type Checkpoint,
  type NoteVerifier,
  readCheckpoint,
  signatureOf,
} from '../checkpoint/index.ts';
import { readHashes, writeHashes } from '../hash-lines.ts';
import { hashesOf } from './hashes.ts';

/** That an entry is in a log, for somebody who has neither: the entry is beside it.
 *  @see https://c2sp.org/tlog-proof */
const HEADER = 'c2sp.org/tlog-proof@v1';
/** A tree of 2^53 entries has no longer ones. */
const MAX_HASHES = 64;

/** @throws {Fault} `audit/entry-not-found` */
export async function proveEntry(
  log: AuditLog,
  sequence: number,
): Promise<{ readonly entry: string; readonly proof: string }> {
  const { size, checkpoint } = await log.auditHead();
  const [entry] = await log.auditTexts(sequence, 1);
  if (!entry || sequence > size) {
    throw new Fault(
      'audit/entry-not-found',
      `The audit log has no entry ${sequence}: it has ${size}`,
      {
        hint: 'reeve audit lists them',
      },
    );
  }
  const hashes = await proveInclusion(sequence - 1, size, subtreesOf(hashesOf(log), size));
  const proof = `${HEADER}\nindex ${sequence - 1}\n${writeHashes(hashes)}\n${checkpoint}`;
  return { entry: entry.text, proof };
}

/** Checks a proof of an entry, and whose log it is in.
 *  @returns the checkpoint of the log
 *  @throws {Fault} `audit/proof-malformed`, `audit/proof-invalid`, `audit/note-malformed` */
export function verifyEntry(
  entry: string,
  proof: string,
  keys: readonly NoteVerifier[],
): Checkpoint {
  const { index, hashes, note } = readProof(proof);
  const read = readCheckpoint(note);
  const { size, root, origin } = read.checkpoint;
  if (!keys.some((key) => key.kind === 'log' && signatureOf(read.note, key))) {
    throw new Fault(
      'audit/proof-invalid',
      `The checkpoint of ${quote(origin)} is not signed by a key that you gave`,
      {
        hint: 'give the key that the log had when the proof was made',
      },
    );
  }
  if (!verifyInclusion({ index, size, root }, leafHash(entry), hashes)) {
    throw new Fault(
      'audit/proof-invalid',
      `The entry is not number ${index + 1} of the log ${quote(origin)}`,
      {
        hint: 'the entry has to be the very text that was proved, without an end of line',
      },
    );
  }
  return read.checkpoint;
}

function readProof(proof: string): { index: number; hashes: Buffer[]; note: string } {
  const [head = '', ...rest] = proof.split('\n\n');
  const [header, index = '', ...lines] = head.split('\n');
  const number = /^index (0|[1-9]\d{0,15})$/.exec(index)?.[1];
  const hashes = readHashes(lines, MAX_HASHES);
  if (header !== HEADER || number === undefined || hashes === undefined) {
    throw new Fault('audit/proof-malformed', `This is not the proof of an entry: ${quote(proof)}`, {
      hint: `it begins with ${HEADER} and must arrive unchanged; reeve audit prove prints one`,
    });
  }
  return { index: Number(number), hashes, note: rest.join('\n\n') };
}
