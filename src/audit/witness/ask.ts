import { Fault, messageOf, quote } from '../../base/fault.ts';
import { proveConsistency, subtreesOf } from '../../base/merkle/index.ts';
import type { AuditLog } from '../../estate/index.ts';
import { type NoteVerifier, readCheckpoint, signatureOf } from '../checkpoint/index.ts';
import { hashesOf } from '../log/index.ts';
import { writeRequest } from './request.ts';

/** Sends a request to a witness, and gives what it answers.
 *  @throws {Error} where nobody answers */
export type AskWitness = (
  body: string,
) => Promise<{ readonly status: number; readonly body: string }>;

/** What a witness has signed last. */
export interface Witnessed {
  readonly size: number;
  /** The checkpoint with the signatures of the log and of the witness. */
  readonly note: string;
  /** Milliseconds since 1970, as the witness says. */
  readonly at: number;
}

/** Has a witness sign what the log is now.
 *  @param known the size that it has signed, as far as is known
 *  @throws {Fault} `witness/unavailable`; `witness/conflict`: it has seen a log that this one has not grown out of;
 *  `witness/answer-malformed` */
export async function askWitness(
  log: AuditLog,
  witness: NoteVerifier,
  known: number,
  ask: AskWitness,
): Promise<Witnessed> {
  const { size, checkpoint } = await log.auditHead();
  const attempt = async (old: number) => {
    const proof =
      old === 0 || old >= size
        ? []
        : await proveConsistency(old, size, subtreesOf(hashesOf(log), size));
    return send(writeRequest({ old, proof, checkpoint }), ask, witness.name);
  };
  let answer = await attempt(Math.min(known, size));
  if (answer.status === 409) {
    const seen = /^(\d{1,15})\n?$/.exec(answer.body)?.[1];
    const isOther = seen === undefined || Number(seen) > size || Number(seen) === known;
    if (isOther) throw lost(witness.name, seen, size);
    answer = await attempt(Number(seen));
  }
  if (answer.status === 422 || answer.status === 409) throw lost(witness.name, undefined, size);
  if (answer.status !== 200) throw refused(witness.name, answer);
  const note = checkpoint + answer.body;
  const { checkpoint: read, note: signed } = readCheckpoint(note);
  const seconds = signatureOf(signed, witness)?.seconds;
  if (seconds === undefined) throw refused(witness.name, answer);
  return { size: read.size, note, at: seconds * 1_000 };
}

async function send(body: string, ask: AskWitness, name: string) {
  try {
    return await ask(body);
  } catch (thrown) {
    const message = `The witness ${quote(name)} cannot be asked: ${messageOf(thrown)}`;
    throw new Fault('witness/unavailable', message, {
      hint: 'see whether it runs, and whether `audit.witnesses` has its address',
    });
  }
}

function lost(name: string, seen: string | undefined, size: number): Fault {
  const what = seen === undefined ? 'another log' : `a log of ${seen} entries`;
  return new Fault(
    'witness/conflict',
    `The witness ${quote(name)} has signed ${what}, and the one of ${size} entries here has not grown out of it: entries are lost or changed`,
    { hint: '`reeve audit verify` with the checkpoint of the witness says what differs' },
  );
}

const refused = (name: string, { status, body }: { status: number; body: string }): Fault =>
  new Fault(
    'witness/answer-malformed',
    `The witness ${quote(name)} has not signed (status ${status}): ${quote(body.trim())}`,
    { hint: 'it has to know the key of this log, which `reeve audit log` prints' },
  );
