import type { Secret } from '../model/index.ts';
import { type CallParts, sceneOf } from './call.ts';
import { TimeLimit } from './time-limit.ts';

/** What a target says of the current value of a secret. */
export interface Look {
  /** What its account may do, in the words of the rotator's `inspect`; undefined: the rotator cannot tell. */
  readonly grants: readonly string[] | undefined;
  /** Whether the target refuses the value that is kept as current. */
  readonly isRefused: boolean;
}

/** Asks a target what it holds, and changes nothing there.
 *  @throws {TargetFault} as the rotator does; also where the secret has no plan, or no current value
 *  @throws {Fault} of the vault, where it is sealed
 *  @throws the reason of `stop`, or of the time limit */
export async function lookAt(secret: Secret, parts: CallParts, stop: AbortSignal): Promise<Look> {
  const limit = new TimeLimit(parts.stepMilliseconds, stop);
  try {
    return await Promise.race([lookNow(secret, parts, limit.signal), limit.over]);
  } finally {
    limit.end();
  }
}

async function lookNow(secret: Secret, parts: CallParts, signal: AbortSignal): Promise<Look> {
  const call = { call: 'test', version: secret.labels.current ?? null, token: 'look' } as const;
  const { rotator, context, value } = await sceneOf(call, secret, parts, signal);
  const isRefused = value !== undefined && (await rotator.isRefused(context, value));
  const grants = isRefused ? undefined : await rotator.inspect?.(context);
  return { grants, isRefused };
}
