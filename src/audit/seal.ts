import type { Clock } from '../base/clock.ts';
import type { AuditHead, AuditSeal } from '../estate/index.ts';
import {
  type NoteSigner,
  readCheckpoint,
  signatureOf,
  signCheckpoint,
} from './checkpoint/index.ts';

/** Vouches for the audit log by signed checkpoints, and goes on only from what it has signed.
 *  @param isNew the key has never signed: the log is taken as it is found */
export function auditSeal(signer: NoteSigner, clock: Clock, isNew: boolean): AuditSeal {
  let hasSigned = !isNew;
  let latest = '';
  return {
    sign: (size, root) => {
      hasSigned = true;
      latest = signCheckpoint({ size, root }, signer, clock());
      return latest;
    },
    accepts: (head) => !hasSigned || isVouchedFor(head, signer, latest),
  };
}

/** @param latest what was signed by this process: its signature needs no look. */
function isVouchedFor(head: AuditHead, signer: NoteSigner, latest: string): boolean {
  const read = tryToRead(head.checkpoint);
  if (read?.checkpoint.size !== head.size || !read.checkpoint.root.equals(head.root)) return false;
  return head.checkpoint === latest || signatureOf(read.note, signer) !== undefined;
}

function tryToRead(note: string): ReturnType<typeof readCheckpoint> | undefined {
  try {
    return readCheckpoint(note);
  } catch {
    return undefined;
  }
}
