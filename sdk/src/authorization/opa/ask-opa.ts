import { messageOf, quote, ReeveError } from '../../error.ts';
import type { Authorize, Decision, Question } from '../decision.ts';
import { readAnswer, unclear } from './answer.ts';
import { toInput } from './input.ts';
import { KeptDecisions } from './kept-decisions.ts';
import { overFetch, overHttp, type Send } from './transport.ts';

export interface OpaOptions {
  /** Where OPA listens: `http://127.0.0.1:8181`. */
  readonly url: string | URL;
  /** A Unix socket that OPA listens on, instead of the address of `url`. */
  readonly socketPath?: string;
  /** The rule that is asked; `reeve/authz/allow` without it. */
  readonly rule?: string;
  /** How long an answer may take; 1,000 without it. */
  readonly timeoutMs?: number;
  /** Decisions are not kept without it. A policy that changes is obeyed only when what was kept under
   *  the old one is `ttlMs` old. */
  readonly cache?: { readonly ttlMs: number; readonly maxEntries?: number };
  /** Asks through this instead. */
  readonly fetch?: typeof globalThis.fetch;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

const DEFAULT_RULE = 'reeve/authz/allow';
const DEFAULT_TIMEOUT_MS = 1_000;
const DEFAULT_CACHE_ENTRIES = 10_000;
const MAX_TIMEOUT_MS = 60_000;
const MAX_TTL_MS = 3_600_000;
const MAX_CACHE_ENTRIES = 1_000_000;

/** Asks the Open Policy Agent, which answers with `true`, `false`, or `{ allow, reason }`. What is not an
 *  answer (an error, none in time, no such rule) denies, and says which it was.
 *  @throws {ReeveError} `authorization/options-invalid` */
export function askOpa(options: OpaOptions): Authorize {
  const { rule = DEFAULT_RULE, timeoutMs = DEFAULT_TIMEOUT_MS, clock = Date.now } = options;
  within(timeoutMs, 1, MAX_TIMEOUT_MS, 'timeoutMs');
  const send = senderOf(options, rule);
  const ask = (question: string) => askOnce(send, question, rule, timeoutMs);
  const { cache } = options;
  if (cache === undefined) return (question) => ask(bodyOf(question));
  const { ttlMs, maxEntries = DEFAULT_CACHE_ENTRIES } = cache;
  within(ttlMs, 1, MAX_TTL_MS, 'cache.ttlMs');
  within(maxEntries, 1, MAX_CACHE_ENTRIES, 'cache.maxEntries');
  const kept = new KeptDecisions(maxEntries);
  return async (question) => {
    const key = bodyOf(question);
    const found = kept.find(key, clock());
    if (found) return found;
    const decision = await ask(key);
    if (isClear(decision)) kept.keep(key, decision, clock() + ttlMs);
    return decision;
  };
}

const bodyOf = (question: Question): string => JSON.stringify({ input: toInput(question) });

const isClear = (decision: Decision): boolean => decision.allowed || decision.cause === undefined;

async function askOnce(
  send: Send,
  question: string,
  rule: string,
  timeoutMs: number,
): Promise<Decision> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return readAnswer(await send(question, signal), rule);
  } catch (error) {
    if (signal.aborted) return unclear(`OPA did not answer within ${timeoutMs} ms`, error);
    // Addresses and such are not for callers.
    return unclear('OPA could not be asked', new Error(messageOf(error), { cause: error }));
  }
}

function senderOf({ url, socketPath, fetch }: OpaOptions, rule: string): Send {
  const base = URL.canParse(String(url)) ? new URL(url) : undefined;
  if (base === undefined || !/^https?:$/.test(base.protocol)) {
    throw invalid(`${quote(url)} is not an address of http or https`);
  }
  if (!/^[\w-]+(\/[\w-]+)*$/.test(rule)) throw invalid(`${quote(rule)} is not the path of a rule`);
  if (fetch && socketPath !== undefined) throw invalid('`fetch` does not know Unix sockets');
  const target = new URL(`${base.pathname.replace(/\/+$/, '')}/v1/data/${rule}`, base);
  return fetch ? overFetch(target, fetch) : overHttp(target, socketPath);
}

function within(value: number, least: number, most: number, name: string): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw invalid(
    `\`${name}\` is ${quote(value)}, and must be a whole number from ${least} to ${most}`,
  );
}

const invalid = (why: string) =>
  new ReeveError('authorization/options-invalid', `OPA cannot be asked like this: ${why}`);
