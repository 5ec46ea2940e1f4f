import { z } from 'zod';
import { stableId } from '../../base/ids.ts';
import { SEVERITIES } from '../../estate/index.ts';
import type { IncidentNotice } from '../notice.ts';
import type { NotifyTarget } from './config.ts';
import { Message, Summary } from './message.ts';
import type { Outcome } from './send/outcome.ts';

/** Milliseconds since 1970. */
const Moment = z.number();

const Delivery = z.strictObject({
  /** The same for the same message. */
  id: z.string(),
  message: Message,
  at: Moment,
  attempts: z.int(),
  /** Not tried before; whoever tries it puts this off until nobody can be at it any more. */
  notBefore: Moment,
});
export type Delivery = z.infer<typeof Delivery>;

/** What waits for one target, and what it was told: plain data, which servers share. Every change of it is a function of
 *  it and the time. */
export const QueueState = z.strictObject({
  waiting: z.array(Delivery),
  /** Keys of what was taken in, the latest last. */
  told: z.array(z.string()),
  /** What is over the rate, or found no room. */
  over: Summary.nullable(),
  /** Messages that may still go at once, as of `tokensAt`. */
  tokens: z.number(),
  tokensAt: Moment,
});
export type QueueState = z.infer<typeof QueueState>;

type Limits = Pick<NotifyTarget, 'minSeverity' | 'perMinute' | 'retryMinutes' | 'timeoutSeconds'>;

const MAX_WAITING = 100;
const MAX_TOLD = 2_000;
const MAX_INCIDENTS = 10;
const MINUTE_MS = 60_000;
/** Between attempts, doubled each time. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 5 * MINUTE_MS;
/** After the longest that an attempt takes, nobody is at it. */
const GRACE_MS = 10_000;

export const emptyQueue = ({ perMinute }: Limits, now: number): QueueState => ({
  ...{ waiting: [], told: [], over: null, tokens: perMinute, tokensAt: now },
});

/** What became of a notice.
 *  - `queued`: it is sent.
 *  - `duplicate`: it was already.
 *  - `summarised`: it is told with others in one message.
 *  - `less-severe`: the target does not want it. */
export type Taken = 'queued' | 'duplicate' | 'summarised' | 'less-severe';

/** Takes a notice in. The same incident in the same state is told once, and again where it has become graver. What people
 *  say of an incident is told whatever the rate: a target that was told of it must hear of its end. */
export function offered(
  state: QueueState,
  notice: IncidentNotice,
  limits: Limits,
  now: number,
): readonly [Taken, QueueState] {
  if (SEVERITIES.indexOf(notice.severity) > SEVERITIES.indexOf(limits.minSeverity)) {
    return ['less-severe', state];
  }
  const key = keyOf(notice);
  if (state.told.includes(key)) return ['duplicate', state];
  const told = [...state.told, key].slice(-MAX_TOLD);
  const filled = refilled({ ...state, told }, limits, now);
  const isFree = notice.by !== null;
  if (filled.waiting.length >= MAX_WAITING || (!isFree && filled.tokens < 1)) {
    return ['summarised', { ...filled, over: withOver(filled.over, notice, now) }];
  }
  const delivery = deliveryOf({ what: 'incident', notice }, key, now);
  const tokens = isFree ? filled.tokens : filled.tokens - 1;
  return ['queued', { ...filled, tokens, waiting: [...filled.waiting, delivery] }];
}

const keyOf = ({ incident, state, severity, raised, at }: IncidentNotice): string =>
  stableId('notice', incident, state, severity, `${raised}`, at).slice('notice-'.length);

const deliveryOf = (message: Message, key: string, now: number): Delivery => ({
  ...{ id: `notice_${key}`, message, at: now, attempts: 0, notBefore: now },
});

/** The rate allows so many at once as in a minute. A clock that was put back gives nothing. */
function refilled(state: QueueState, { perMinute }: Limits, now: number): QueueState {
  const minutes = Math.max(0, now - state.tokensAt) / MINUTE_MS;
  const tokens = Math.min(perMinute, state.tokens + minutes * perMinute);
  return { ...state, tokens, tokensAt: now };
}

function withOver(over: Summary | null, notice: IncidentNotice, now: number): Summary {
  const { severity, incident } = notice;
  const at = new Date(now).toISOString();
  const before = over ?? { counts: {}, severity, since: at, until: at, incidents: [] };
  const isWorse = SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(before.severity);
  return {
    counts: { ...before.counts, [severity]: (before.counts[severity] ?? 0) + 1 },
    severity: isWorse ? severity : before.severity,
    ...{ since: before.since, until: at },
    incidents: [...new Set([...before.incidents, incident])].slice(0, MAX_INCIDENTS),
  };
}

/** The next that is to be sent, and the state while it is: they go one after the other, in the order in which they came.
 *  What was over the rate is summed up a minute after the first of it. */
export function claimed(
  state: QueueState,
  limits: Limits,
  now: number,
): readonly [Delivery | undefined, QueueState] {
  const summed = withSummary(state, limits, now);
  const [head, ...rest] = summed.waiting;
  if (!head || head.notBefore > now) return [undefined, summed];
  const notBefore = now + limits.timeoutSeconds * 1_000 + GRACE_MS;
  const delivery = { ...head, attempts: head.attempts + 1, notBefore };
  return [delivery, { ...summed, waiting: [delivery, ...rest] }];
}

function withSummary(state: QueueState, limits: Limits, now: number): QueueState {
  const { over, waiting } = state;
  if (!over || Math.abs(now - Date.parse(over.since)) < MINUTE_MS) return state;
  const filled = refilled(state, limits, now);
  if (waiting.length >= MAX_WAITING || filled.tokens < 1) return state;
  const key = stableId('summary', over.since, over.until).slice('summary-'.length);
  const delivery = deliveryOf({ what: 'summary', summary: over }, key, now);
  return { ...filled, over: null, tokens: filled.tokens - 1, waiting: [...waiting, delivery] };
}

/** What became of a delivery. */
export type Settled = 'delivered' | 'retried' | 'dropped';

/** The state after an attempt. What is not taken for too long is dropped.
 *  @param random 0 up to, but not including, 1 */
export function settled(
  state: QueueState,
  id: string,
  result: Outcome,
  limits: Limits,
  { now, random }: { readonly now: number; readonly random: number },
): readonly [Settled, QueueState] {
  const rest = state.waiting.filter((one) => one.id !== id);
  const delivery = state.waiting.find((one) => one.id === id);
  if (result.outcome === 'delivered') return ['delivered', { ...state, waiting: rest }];
  const isOver = !delivery || now - delivery.at >= limits.retryMinutes * MINUTE_MS;
  if (result.outcome === 'refused' || isOver) return ['dropped', { ...state, waiting: rest }];
  const notBefore = now + pauseMs(delivery.attempts, result.afterSeconds ?? 0, random);
  const waiting = state.waiting.map((one) => (one === delivery ? { ...one, notBefore } : one));
  return ['retried', { ...state, waiting }];
}

/** Doubled each time, and half of it by chance, so that not all come back at once. */
function pauseMs(attempts: number, afterSeconds: number, random: number): number {
  const full = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 20));
  const asked = Math.min(LONGEST_PAUSE_MS, afterSeconds * 1_000);
  return Math.max(asked, full / 2 + (full / 2) * random);
}

/** When there is something to do next; undefined: not before something comes. */
export function nextAt({ waiting, over }: QueueState): number | undefined {
  const [head] = waiting;
  const summary = over ? Date.parse(over.since) + MINUTE_MS : undefined;
  const times = [head?.notBefore, summary].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}
