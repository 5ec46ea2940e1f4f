import { quote } from '../../error.ts';
import { ALLOWED, type Decision, denied } from '../decision.ts';

/** An answer of OPA's data API, as it came. */
export interface OpaAnswer {
  readonly status: number;
  readonly body: string;
}

/** Longer reasons are cut: they go into answers. */
const MAX_REASON = 500;

/** What an answer of `POST /v1/data/…` decides: a boolean, or an object with `allow` and perhaps
 *  `reason`. Whatever else comes denies, and says what it was.
 *  @see OPA REST API, "Get a Document (with Input)" */
export function readAnswer({ status, body }: OpaAnswer, rule: string): Decision {
  if (status !== 200) return unclear(`OPA answered with status ${status}`, cut(body));
  const answer = parsed(body);
  if (answer === undefined)
    return unclear('OPA answered with something that is not an object of JSON');
  // OPA leaves `result` out where the rule is undefined: no such policy, or no rule of it holds.
  if (!('result' in answer)) return unclear(`OPA has no decision at ${quote(rule)}`);
  return readResult(answer.result);
}

function readResult(result: unknown): Decision {
  if (result === true) return ALLOWED;
  if (result === false) return denied('the policy does not allow it');
  if (!isRecord(result) || typeof result.allow !== 'boolean') {
    return unclear('the result of the policy is neither a boolean nor an object with `allow`');
  }
  if (result.allow) return ALLOWED;
  const { reason } = result;
  return denied(
    typeof reason === 'string' && reason !== ''
      ? reason.slice(0, MAX_REASON)
      : 'the policy does not allow it',
  );
}

function parsed(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const cut = (text: string): string => quote(text, MAX_REASON);

/** No decision, and therefore a denial; it is told apart from one by having a cause. */
export const unclear = (why: string, cause: unknown = why): Decision =>
  denied(`no decision could be had: ${why}`, cause);
