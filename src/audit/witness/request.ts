import { Fault, quote } from '../../base/fault.ts';
import { readHashes, writeHashes } from '../hash-lines.ts';

/** What a log asks of a witness: to sign a checkpoint, which has grown out of the one that the witness signed before.
 *  @see https://c2sp.org/tlog-witness */
export interface WitnessRequest {
  /** The size that the witness has signed; 0: none yet. */
  readonly old: number;
  /** That of the checkpoint's tree out of the old one. */
  readonly proof: readonly Buffer[];
  readonly checkpoint: string;
}

/** Hashes that a proof may have. */
const MAX_HASHES = 63;

export function writeRequest({ old, proof, checkpoint }: WitnessRequest): string {
  return `old ${old}\n${writeHashes(proof)}\n${checkpoint}`;
}

/** @throws {Fault} `witness/request-malformed` */
export function readRequest(body: string): WitnessRequest {
  const end = body.indexOf('\n\n');
  const [first = '', ...lines] = body.slice(0, Math.max(end, 0)).split('\n');
  const old = /^old (0|[1-9]\d{0,15})$/.exec(first)?.[1];
  const proof = readHashes(lines, MAX_HASHES);
  if (end === -1 || old === undefined || proof === undefined) {
    throw new Fault('witness/request-malformed', `This asks nothing of a witness: ${quote(body)}`, {
      hint: 'write `old SIZE`, the hashes of a proof, an empty line, and a checkpoint',
    });
  }
  return { old: Number(old), proof, checkpoint: body.slice(end + 2) };
}
