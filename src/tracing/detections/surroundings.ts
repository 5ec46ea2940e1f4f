import { OUTCOME } from '../hop.ts';
import type { Saw } from './detection.ts';
import type { Subject } from './subject.ts';
import { POLICY_WEIGHT, RANK_WEIGHT, WEIGHT } from './weights.ts';
import { ago, list } from './words.ts';

const DAY = 86_400_000;
const JUST_NOW = 3 * 3_600_000;
/** Days on which something was seen at most to be new itself. */
const NEW_DAYS = 3;

interface Circumstance {
  readonly weight: number;
  /** Part of a sentence; '' where there is nothing to say. */
  readonly because: string;
}

type Look = (subject: Subject) => Circumstance | undefined;

/** Everything around something unusual that makes it worse, or explains it. */
const CIRCUMSTANCES: readonly Look[] = [
  sensitivity,
  ({ hop }) =>
    hop.outcome === OUTCOME.denied
      ? { weight: WEIGHT.denied, because: 'it was denied' }
      : hop.outcome === OUTCOME.failed
        ? { weight: WEIGHT.failed, because: '' }
        : undefined,
  ({ from }) =>
    from.known?.exposure === 'internet'
      ? { weight: WEIGHT.exposedCaller, because: `${from.name} can be reached from the internet` }
      : undefined,
  ({ hop }) => ({ weight: RANK_WEIGHT[hop.rank] ?? 0, because: '' }),
];

/** What says more of something that happens for the first time. */
const OF_NEWS: readonly Look[] = [
  policy,
  ({ hop }) =>
    hop.outcome === OUTCOME.denied
      ? { weight: WEIGHT.newDenied - WEIGHT.denied, because: '' }
      : undefined,
  ({ hop }) =>
    hop.isMessage ? { weight: WEIGHT.message, because: 'it came by a queue' } : undefined,
  // on the first day of both it is the look at them that is new
  ({ usual, to }) =>
    usual.calleeDays <= NEW_DAYS && Math.max(usual.callerDays, usual.calleeDays) > 1
      ? { weight: WEIGHT.calleeNew, because: `${to.name} is new itself` }
      : undefined,
  ({ usual, from }) =>
    usual.callerCallees === 0 && usual.callerDays > NEW_DAYS
      ? { weight: WEIGHT.onlyAnswers, because: `${from.name} only ever answered` }
      : undefined,
];

/** The same for what is new: what was declared may well happen for the first time. */
export function asNew(subject: Subject, saw: Saw): Saw {
  return inContext(subject, weigh(subject, saw, OF_NEWS));
}

/** Whose deployments may be why something is seen. */
const DEPLOYMENTS = {
  any: [explanation, calleeDeployment],
  callers: [explanation],
  nobodys: [],
} as const;

/** Adds what the surroundings say to what a detection saw. */
export function inContext(
  subject: Subject,
  saw: Saw,
  deployments: keyof typeof DEPLOYMENTS = 'any',
): Saw {
  return weigh(subject, saw, [...CIRCUMSTANCES, ...DEPLOYMENTS[deployments]]);
}

function weigh(subject: Subject, saw: Saw, circumstances: readonly Look[]): Saw {
  let { score } = saw;
  const because: string[] = [];
  for (const circumstance of circumstances) {
    const found = circumstance(subject);
    if (!found) continue;
    score += found.weight;
    if (found.because !== '') because.push(found.because);
  }
  return { ...saw, score, reason: [saw.reason, ...because].join('; ') };
}

function sensitivity({ endpoint, sensitivity: kinds, to, operation }: Subject) {
  if (kinds.length === 0) return undefined;
  if ((endpoint?.sensitivity.length ?? 0) > 0) {
    return { weight: WEIGHT.sensitiveEndpoint, because: `${operation} gives ${list(kinds)}` };
  }
  const weight = endpoint === undefined ? WEIGHT.sensitiveUnknown : 0;
  return { weight, because: `${to.name} holds ${list(kinds)}` };
}

function policy({ policy: word, from }: Subject): Circumstance {
  const because = {
    declared: `${from.name} declares it`,
    undeclared: `${from.name} does not declare it`,
    forbidden: 'policy forbids it',
    unknown: '',
  };
  return { weight: POLICY_WEIGHT[word], because: because[word] };
}

function explanation(subject: Subject): Circumstance | undefined {
  const { usual, callerChangedMs, from } = subject;
  const since = Math.min(callerChangedMs, usual.callerDeployedMs);
  if (since >= DAY) return undefined;
  const because =
    callerChangedMs < DAY
      ? `${from.name} was rolled out ${ago(callerChangedMs)} before`
      : `${from.name} has run a new version since ${ago(since)} before`;
  const isReason = since < JUST_NOW && !isWorth(subject);
  return { weight: isReason ? WEIGHT.justDeployed : WEIGHT.deployed, because };
}

function calleeDeployment(subject: Subject): Circumstance | undefined {
  const { usual, calleeChangedMs, to } = subject;
  const since = Math.min(usual.calleeDeployedMs, calleeChangedMs);
  if (since >= DAY) return undefined;
  const weight = isWorth(subject) ? WEIGHT.deployed : WEIGHT.calleeDeployed;
  return { weight, because: `${to.name} changed ${ago(since)} before` };
}

/** Whether it is what somebody would come for, as far as that is known: a change explains least of all why that is asked
 *  for. */
function isWorth({ endpoint, sensitivity }: Subject): boolean {
  return endpoint === undefined ? sensitivity.length > 0 : endpoint.sensitivity.length > 0;
}
