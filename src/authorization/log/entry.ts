import { toTimestamp } from '../../base/clock.ts';
import { redacted } from '../../base/redact.ts';
import type { Decision, Question, Reason } from '../model/index.ts';

/** `shadow-denied`: policy denies it, and it was let through. */
export type LoggedOutcome = 'allowed' | 'denied' | 'shadow-denied';

/** A decision as it is kept: plain data, without a query, and without what stands in a path for a value. */
export interface DecisionEntry {
  /** RFC 3339; of several decisions, the last. */
  readonly time: string;
  /** How many decisions this stands for: more than one where those of a kind were summed up. */
  readonly count: number;
  /** Who asked: `ext-authz`, `sdk` … */
  readonly by: string;
  readonly outcome: LoggedOutcome;
  readonly reason: Reason;
  /** SPIFFE ID; undefined: nobody proved anything. */
  readonly caller: string | undefined;
  /** The caller's services, and the service called, by id. */
  readonly callers: readonly string[];
  readonly service: string;
  /** `GET /orders/{id}`, as known; else with `{}` for whatever looks like a value. */
  readonly operation: string;
  readonly because: readonly string[];
}

const MAX_TEXT_LENGTH = 256;
const MAX_SEGMENTS = 16;

export function outcomeOf({ allowed, mode }: Decision): LoggedOutcome {
  if (allowed) return 'allowed';
  return mode === 'shadow' ? 'shadow-denied' : 'denied';
}

export function toEntry(
  question: Question,
  decision: Decision,
  by: string,
  now: number,
): DecisionEntry {
  return {
    time: toTimestamp(now),
    count: 1,
    by,
    outcome: outcomeOf(decision),
    reason: decision.reason,
    caller: question.caller === undefined ? undefined : cut(question.caller),
    callers: decision.callers,
    service: cut(question.service),
    operation: operationOf(question, decision),
    because: decision.because,
  };
}

/** What is called, in so few spellings that somebody who tries paths makes few kinds of them. */
export function operationOf({ protocol, method, path }: Question, decision: Decision): string {
  if (decision.operation !== undefined) return decision.operation;
  const name = /^[A-Z][A-Z_-]{0,31}$/.test(method) ? method : 'OTHER';
  if (decision.reason === 'operation-malformed') return `${name} (malformed)`;
  return `${name} ${protocol === 'http' ? withoutValues(path) : cut(path)}`;
}

/** Short words of lower-case letters are names; anything else may be a value, and a value may be a secret. */
const NAME = /^(?:v\d{1,2}|[a-z][a-z_.-]{0,31})$/;

function withoutValues(path: string): string {
  const segments = (path.split('?', 1)[0] ?? '').slice(1, 8_193).split('/');
  const shown = segments.slice(0, MAX_SEGMENTS).map((one) => (NAME.test(one) ? one : '{}'));
  return `/${[...shown, ...(segments.length > MAX_SEGMENTS ? ['...'] : [])].join('/')}`;
}

const cut = (text: string): string => redacted(text.slice(0, MAX_TEXT_LENGTH));
