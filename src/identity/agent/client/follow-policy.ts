import { messageOf } from '../../../base/fault.ts';
import { type GrpcClient, isPeerFault } from '../../../base/grpc/index.ts';
import { pathOf, writeMessage } from '../protocol/index.ts';
import { backoffOf } from './times.ts';

export interface FollowPolicyParts {
  /** Of the policy that is known; empty: none is. */
  readonly revision: () => string;
  /** Takes one message of what is told.
   *  @throws {Fault} for one that is none */
  readonly onMessage: (message: Buffer) => void;
  /** What is told begins anew. */
  readonly onBroken: () => void;
  /** Hears, once a connection, that policy is not told: a sentence. */
  readonly onFailure: (because: string) => void;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Hears policy on a connection until the signal is aborted. What fails is tried again, and costs the connection nothing:
 *  identities do not depend on it. */
export async function followPolicy(
  client: GrpcClient,
  signal: AbortSignal,
  { revision, onMessage, onBroken, onFailure, random, sleep }: FollowPolicyParts,
): Promise<void> {
  let isTold = false;
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      const request = writeMessage('WatchPolicyRequest', { revision: revision() });
      for await (const message of client.serverStream(pathOf('WatchPolicy'), request, { signal })) {
        onMessage(message);
        failures = 1;
        isTold = false;
      }
    } catch (thrown) {
      if (signal.aborted) return;
      if (!isTold) onFailure(messageOf(thrown));
      isTold = true;
      // a server that is older than this will not learn it on this connection
      if (isPeerFault(thrown, 'unimplemented')) return;
    } finally {
      onBroken();
    }
    await sleep(backoffOf(failures, random()), signal);
  }
}
