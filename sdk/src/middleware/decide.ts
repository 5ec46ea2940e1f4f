import type { Authorize, Question } from '../authorization/index.ts';
import { type Refusal, refusal } from './refusal.ts';

/** Asks whether a caller may do this; the refusal where it may not. Only a clear yes is one. */
export async function decide(
  authorize: Authorize | undefined,
  question: Question,
): Promise<Refusal | undefined> {
  if (authorize === undefined) return undefined;
  try {
    return refusalOf(await authorize(question));
  } catch (error) {
    // What broke is for logs, not for callers.
    return refusal('caller/undecided', 'no decision could be had about this call', error);
  }
}

/** Programs without types answer with anything. */
function refusalOf(decision: unknown): Refusal | undefined {
  const answer = typeof decision === 'object' && decision !== null ? decision : {};
  if ('allowed' in answer && answer.allowed === true) return undefined;
  if (!('allowed' in answer && answer.allowed === false)) {
    const cause = new TypeError('`authorize` answered with no decision');
    return refusal('caller/undecided', 'no decision could be had about this call', cause);
  }
  const reason = 'reason' in answer ? String(answer.reason) : 'not allowed';
  const cause = 'cause' in answer ? answer.cause : undefined;
  return refusal(cause === undefined ? 'caller/forbidden' : 'caller/undecided', reason, cause);
}
