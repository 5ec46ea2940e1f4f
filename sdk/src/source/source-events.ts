import type { EventEmitter } from 'node:events';
import { ReeveError } from '../error.ts';

/** What happens to a source that a stream of the Workload API keeps fresh. */
export interface SourceEvents {
  /** Something else took the place of the last. */
  updated: [];
  /** Something went wrong that does not end it: the agent or Reeve is lost, or refuses, or sent something odd. */
  warning: [error: ReeveError];
  /** Nothing more will come. */
  failed: [error: ReeveError];
}

/** Waits until a source has something else, or fails, or the signal is aborted. */
export function untilChanged(
  source: EventEmitter<SourceEvents>,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      source.off('updated', done);
      source.off('failed', done);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    source.on('updated', done);
    source.on('failed', done);
    signal?.addEventListener('abort', done);
  });
}

/** Why a source has nothing yet.
 *  @param last what went wrong last, which says why
 *  @param cause why nobody waits any longer, where nothing went wrong */
export function notReady(
  code: string,
  message: string,
  last: ReeveError | undefined,
  cause: unknown,
): ReeveError {
  const why = last ? last.message : 'the Workload API has not answered';
  const hint = last?.hint;
  return new ReeveError(code, `${message}: ${why}`, {
    cause: last ?? cause,
    ...(hint !== undefined && { hint }),
  });
}
