import {
  type Decision as EngineDecision,
  type Question as EngineQuestion,
  REASONS,
  type Reason,
} from '../../../../src/authorization/decider.ts';
import { quote, ReeveError } from '../../error.ts';
import { ALLOWED, type Authorize, type Decision, denied, type Question } from '../decision.ts';
import { type KnownPolicy, PolicySource, type PolicySourceOptions } from './policy-source.ts';

/** Why nothing could be asked of a policy. */
export type UndecidedReason =
  /** Reeve was not heard of yet. */
  | 'policy-unknown'
  /** Reeve knows no service by the identities of this workload, or not the one that is named. */
  | 'callee-unknown'
  /** This workload is several services, and nobody says which is called. */
  | 'callee-ambiguous';

/** One decision, for logs and metrics. */
export interface Decided {
  /** `shadowed`: it is denied, and let through because decisions are only logged. */
  readonly outcome: 'allowed' | 'denied' | 'shadowed';
  readonly reason: Reason | UndecidedReason;
  /** A sentence: what the caller is told where it is denied. */
  readonly message: string;
  readonly question: Question;
  /** The id of the service that is called, where it is known. */
  readonly service: string | undefined;
  /** Ids of the services that the caller is. */
  readonly callers: readonly string[];
  /** What is called, as Reeve knows it: `GET /orders/{id}`. */
  readonly operation: string | undefined;
  /** Places of the declarations that allow, or the guardrail that denies. */
  readonly because: readonly string[];
  /** Of the policy that decided. */
  readonly revision: string | undefined;
}

export interface ReevePolicyOptions extends PolicySourceOptions {
  /** The id of the service that is called (`production/shop/orders`), where this workload is several. */
  readonly service?: string;
  /** `shadow` denies nothing, and tells `onDecision` what would have been denied; `enforce` denies also where the
   *  policy says shadow. As the policy says, if undefined. */
  readonly mode?: 'enforce' | 'shadow';
  /** For services that browsers talk to: who asks, and what anybody declares, does not count, and only what is denied
   *  to everybody is denied: blocked endpoints, and paths that are malformed. `onDecision` hears of those alone. */
  readonly open?: boolean;
  /** How long requests wait for the first policy, from the start on; 5,000 without it. */
  readonly waitMs?: number;
  /** Hears of every decision. */
  readonly onDecision?: (decided: Decided) => void;
}

/** An `Authorize` that decides by Reeve's policy, with where it has that from. */
export type ReevePolicy = Authorize & { readonly source: PolicySource };

const DEFAULT_WAIT_MS = 5_000;
const MAX_WAIT_MS = 600_000;

/** Decides in this process, by the policy that Reeve tells on the socket of the Workload API, with Reeve's own engine:
 *  the same answers, with the same reasons, as an Envoy gets. Without a policy everything is denied.
 *  @throws {ReeveError} `authorization/options-invalid`, `workload-api/address-…` */
export function reevePolicy(options: ReevePolicyOptions = {}): ReevePolicy {
  const { service, mode, open = false, waitMs = DEFAULT_WAIT_MS, onDecision } = options;
  judgeOptions({ mode, open, waitMs });
  const source = new PolicySource(options);
  const firstPolicy = source.ready(AbortSignal.timeout(waitMs)).catch(() => {});
  const decide = (question: Question): Decision => {
    const answer = answerOf(question, source, service, { open, isShort: onDecision === undefined });
    if (answer === 'allowed') return ALLOWED;
    const outcome = outcomeOf(answer, mode);
    tell(onDecision, { ...answer.decided, outcome });
    return outcome === 'denied' ? denied(answer.decided.message, answer.cause) : ALLOWED;
  };
  const authorize: Authorize = (question) =>
    source.policy ? decide(question) : firstPolicy.then(() => decide(question));
  return Object.assign(authorize, { source });
}

interface Answer {
  readonly decided: Omit<Decided, 'outcome'>;
  readonly isAllowed: boolean;
  readonly mode: 'enforce' | 'shadow';
  /** Why there is no decision. */
  readonly cause?: unknown;
}

/** What the policy says, in short where nobody wants to hear more. */
function answerOf(
  question: Question,
  { policy, lastError }: PolicySource,
  wanted: string | undefined,
  { open, isShort }: { readonly open: boolean; readonly isShort: boolean },
): Answer | 'allowed' {
  if (!policy) {
    const message = 'Reeve has not told yet who may call this service.';
    return undecided(question, 'policy-unknown', message, lastError ?? new Error(message));
  }
  const callee = calleeOf(policy, question, wanted);
  if (typeof callee !== 'string') {
    return undecided(question, callee.reason, callee.message, new Error(callee.cause));
  }
  const asked = toAsked(question, callee);
  if (open) {
    const denial = policy.engine.denialForAll(asked);
    return denial ? toAnswer(question, asked, denial, policy.revision) : 'allowed';
  }
  if (isShort && policy.engine.reasonFor(asked) === 'declared') return 'allowed';
  return toAnswer(question, asked, policy.engine.decide(asked), policy.revision);
}

/** The same question as a proxy would ask it: by the path as it was sent, whatever the framework makes of it. */
function toAsked(
  { caller, method, path, sentPath = path }: Question,
  service: string,
): EngineQuestion {
  return {
    caller: caller?.spiffeId,
    proof: caller && PROOFS[caller.proof],
    ...{ service, protocol: 'http', method, path: sentPath },
  };
}

const PROOFS = { mtls: 'mtls', jwt: 'token' } as const;

function toAnswer(
  question: Question,
  { service }: EngineQuestion,
  decision: EngineDecision,
  revision: string,
): Answer {
  const { allowed: isAllowed, mode, reason, message, callers, operation, because } = decision;
  const decided = { reason, message, question, service, callers, operation, because, revision };
  return { decided, isAllowed, mode };
}

function undecided(
  question: Question,
  reason: UndecidedReason,
  message: string,
  cause: unknown,
): Answer {
  const none = { service: undefined, callers: [], operation: undefined, because: [] };
  const decided = { reason, message, question, ...none, revision: undefined };
  return { decided, isAllowed: false, mode: 'enforce', cause };
}

/** Reasons that depend on what is known of the service that is called. */
const NEEDS_CALLEE: ReadonlySet<Reason> = new Set(
  REASONS.filter((reason) => !/^(caller|service)-/.test(reason)),
);

interface NoCallee {
  readonly reason: UndecidedReason;
  /** For callers. */
  readonly message: string;
  /** For logs. */
  readonly cause: string;
}

/** The service that is called: the one that is named, or else the only one that this workload is. What middleware names
 *  for others than Reeve does not count. */
function calleeOf(
  { callees, engine }: KnownPolicy,
  question: Question,
  wanted: string | undefined,
): string | NoCallee {
  const named = wanted ?? question.service;
  if (named !== undefined && callees.includes(named)) return named;
  const message = 'Nobody can say which service is called.';
  const are = callees.map((id) => quote(id, 200)).join(', ') || 'none';
  if (wanted !== undefined) {
    // of one that is gone, or of nobody who calls, the engine says the same wherever it is asked
    if (!NEEDS_CALLEE.has(engine.reasonFor(toAsked(question, wanted)))) return wanted;
    const cause = `this workload is not ${quote(wanted, 200)}, by what Reeve knows; it is ${are}`;
    return { reason: 'callee-unknown', message, cause };
  }
  const [only, ...others] = callees;
  if (only === undefined) {
    const cause = 'Reeve knows no service by the identities of this workload';
    return { reason: 'callee-unknown', message, cause };
  }
  if (others.length === 0) return only;
  const cause = `this workload is ${are}: say which is called, with \`service\``;
  return { reason: 'callee-ambiguous', message, cause };
}

function outcomeOf(answer: Answer, mode: Answer['mode'] = answer.mode): Decided['outcome'] {
  if (answer.isAllowed) return 'allowed';
  return mode === 'shadow' ? 'shadowed' : 'denied';
}

function tell(onDecision: ReevePolicyOptions['onDecision'], decided: Decided): void {
  try {
    onDecision?.(decided);
  } catch {
    // Who is told must not turn a decision into anything else.
  }
}

function judgeOptions({
  mode,
  open,
  waitMs,
}: Record<'mode' | 'open', unknown> & { waitMs: number }): void {
  if (mode !== undefined && mode !== 'enforce' && mode !== 'shadow') {
    throw invalid(`\`mode\` is ${quote(mode)}, and must be enforce or shadow`);
  }
  if (typeof open !== 'boolean')
    throw invalid(`\`open\` is ${quote(open)}, and must be true or false`);
  if (!Number.isSafeInteger(waitMs) || waitMs < 0 || waitMs > MAX_WAIT_MS) {
    throw invalid(
      `\`waitMs\` is ${quote(waitMs)}, and must be a whole number from 0 to ${MAX_WAIT_MS}`,
    );
  }
}

const invalid = (why: string) =>
  new ReeveError(
    'authorization/options-invalid',
    `Reeve's policy cannot be followed like this: ${why}`,
  );
