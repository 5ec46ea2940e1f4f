import type { Clock } from '../base/clock.ts';
import type { AuditHead, AuditSeal } from '../estate/index.ts';
import {
  type NoteSigner,
  readCheckpoint,
  signatureOf,
  signCheckpoint,
} from './checkpoint/index.ts';

/** Vouches for the audit log by signed checkpoints. It goes on from what it has signed itself, and from what nobody has
 *  signed with its key: a log that was there before, or another server's. */
export function auditSeal(signer: NoteSigner, clock: Clock): AuditSeal {
  let latest = '';
  return {
    sign: (size, root) => {
      latest = signCheckpoint({ size, root }, signer, clock());
      return latest;
    },
    accepts: (head) => head.checkpoint === '' || isVouchedFor(head, signer, latest),
  };
}

/** @param latest what was signed by this process: its signature needs no look. */
function isVouchedFor(head: AuditHead, signer: NoteSigner, latest: string): boolean {
  const { checkpoint, note } = readCheckpoint(head.checkpoint);
  const isOfHead = checkpoint.size === head.size && checkpoint.root.equals(head.root);
  if (head.checkpoint === latest) return isOfHead;
  const isOurs = note.signatures.some(({ name, id }) => name === signer.name && id === signer.id);
  return isOfHead && (!isOurs || signatureOf(note, signer) !== undefined);
}
