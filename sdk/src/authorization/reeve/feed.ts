import { ReeveError } from '../../error.ts';
import {
  bytesOf,
  fieldsOf,
  type GrpcConnection,
  textField,
  textOf,
} from '../../workload-api/index.ts';

/** The service beside the Workload API that tells workloads their policy. */
export const POLICY_FEED = 'reeve.policy.v1.PolicyFeed';

/** One message of the feed. */
export interface FeedMessage {
  readonly revision: string;
  /** As `readSlice` reads it; empty: what was known by that revision holds. */
  readonly slice: Buffer;
  /** All of it, as it may be kept. */
  readonly bytes: Buffer;
}

/** Follows the policy of this workload until the call ends. `revision` is what is known already; empty: nothing.
 *  @throws {ReeveError} `authorization/feed-missing`, `workload-api/…`; what the signal was aborted with */
export async function* watchFeed(
  connection: GrpcConnection,
  revision: string,
  signal: AbortSignal,
): AsyncGenerator<FeedMessage> {
  const request = revision === '' ? Buffer.alloc(0) : textField(1, revision);
  try {
    for await (const bytes of connection.call('Watch', request, signal)) {
      yield readFeedMessage(bytes);
    }
  } catch (thrown) {
    const isOther = !(thrown instanceof ReeveError && thrown.code === 'workload-api/unimplemented');
    if (isOther) throw thrown;
    throw new ReeveError(
      'authorization/feed-missing',
      'what listens on the socket of the Workload API tells nobody about policy',
      { hint: 'let the address lead to `reeve up` or `reeve agent`', cause: thrown },
    );
  }
}

/** @throws {ReeveError} `workload-api/malformed` */
export function readFeedMessage(bytes: Buffer): FeedMessage {
  const message = { revision: '', slice: Buffer.alloc(0) as Buffer, bytes };
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) message.revision = textOf(field);
    else if (field.number === 2) message.slice = bytesOf(field);
  }
  return message;
}
