import { quote, ReeveError } from '../error.ts';

/** Statuses of gRPC by number, as codes of errors end. */
const STATUSES: Readonly<Record<number, string>> = {
  1: 'cancelled',
  3: 'invalid-argument',
  4: 'deadline-exceeded',
  5: 'not-found',
  7: 'permission-denied',
  8: 'resource-exhausted',
  12: 'unimplemented',
  13: 'internal',
  14: 'unavailable',
  16: 'unauthenticated',
};

const HINTS: Readonly<Record<string, string>> = {
  'permission-denied': 'register an entry for this workload, or see what the nearest one lacks',
  unavailable: 'see whether the agent runs, and whether this process may open its socket',
  unimplemented: 'see whether what listens there is a SPIFFE Workload API',
};

/** What asking again cannot change. @see SPIFFE Workload Endpoint §6 */
const FINAL = new Set(['workload-api/invalid-argument', 'workload-api/unimplemented']);

/** Whether trying again is of no use. */
export const isFinal = (thrown: unknown): boolean =>
  thrown instanceof ReeveError && FINAL.has(thrown.code);

/** The error of a status: `workload-api/STATUS`, with what the agent said. */
export function statusError(status: number, message: string, cause?: unknown): ReeveError {
  const name = STATUSES[status] ?? 'unknown';
  const said = message === '' ? '' : `: ${quote(message, 1_000)}`;
  const hint = HINTS[name];
  return new ReeveError(`workload-api/${name}`, `the Workload API answers ${name}${said}`, {
    ...(hint !== undefined && { hint }),
    ...(cause !== undefined && { cause }),
  });
}

/** The agent cannot be reached, or is lost. */
export function unavailable(why: string, cause?: unknown): ReeveError {
  return new ReeveError('workload-api/unavailable', `the Workload API cannot be reached: ${why}`, {
    hint: HINTS.unavailable ?? '',
    ...(cause !== undefined && { cause }),
  });
}

/** The percent-encoding of grpc-message. What cannot be decoded stays as it is. */
export function decodeMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
