import { pick } from '../../../base/pick.ts';

/** What became of one attempt. What is said of it has neither addresses with their paths, nor anything of an answer. */
export type Outcome =
  | { readonly outcome: 'delivered' }
  /** It may be tried again: after so many seconds, where the target says so. */
  | { readonly outcome: 'later'; readonly why: string; readonly afterSeconds?: number }
  /** This message is not taken, however often it is sent. */
  | { readonly outcome: 'refused'; readonly why: string };

export const DELIVERED: Outcome = { outcome: 'delivered' };
export const later = (why: string): Outcome => ({ outcome: 'later', why });

/** @param timeoutSeconds what was waited for at most */
export const tooLate = (timeoutSeconds: number): Outcome =>
  later(`it did not answer within ${timeoutSeconds} s`);

/** Why nobody was reached. Only the code is told: texts of errors have addresses. */
export function unreachable(thrown: unknown): Outcome {
  const code = pick(thrown, 'code');
  const name = typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : undefined;
  return later(name === undefined ? 'it was cut off' : `it cannot be reached (${name})`);
}
