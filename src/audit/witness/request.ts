import { Fault, quote } from '../../base/fault.ts';
import { HASH_BYTES } from '../../base/merkle/index.ts';

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
  const hashes = proof.map((hash) => `${hash.toString('base64')}\n`);
  return `old ${old}\n${hashes.join('')}\n${checkpoint}`;
}

/** @throws {Fault} `witness/request-malformed` */
export function readRequest(body: string): WitnessRequest {
  const end = body.indexOf('\n\n');
  const [first = '', ...lines] = body.slice(0, Math.max(end, 0)).split('\n');
  const old = /^old (0|[1-9]\d{0,15})$/.exec(first)?.[1];
  const proof = lines.map((line) => Buffer.from(line, 'base64'));
  const isRead = proof.every(
    (hash, at) => hash.length === HASH_BYTES && hash.toString('base64') === lines[at],
  );
  if (end === -1 || old === undefined || !isRead || proof.length > MAX_HASHES) {
    throw new Fault('witness/request-malformed', `This asks nothing of a witness: ${quote(body)}`, {
      hint: 'write `old SIZE`, the hashes of a proof, an empty line, and a checkpoint',
    });
  }
  return { old: Number(old), proof, checkpoint: body.slice(end + 2) };
}
