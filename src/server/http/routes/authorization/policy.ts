import { z } from 'zod';
import type { DecisionEntry } from '../../../../authorization/log/index.ts';
import { REASONS } from '../../../../authorization/model/index.ts';
import { suggest, usesSince } from '../../../../authorization/usage/index.ts';
import { toTimestamp } from '../../../../base/clock.ts';
import { compareDiagnostics } from '../../../../base/diagnostic.ts';
import { oncePer } from '../../../../base/once.ts';
import { toOperation } from '../../../../estate/index.ts';
import { type Authorization, notYet } from '../../../authorization/authorization.ts';
import type { CurrentPolicy } from '../../../authorization/keeper.ts';
import { type Operation, operation } from '../../operation.ts';
import { Diagnostic } from '../diagnostic.ts';
import { Id } from '../texts.ts';

const POLICY = { tag: 'policy', access: 'estate.read', status: 200, method: 'GET' } as const;
const DAY_MS = 86_400_000;

const Place = z.strictObject({
  file: z.string().nullable(),
  line: z.int().nullable(),
});

const Decision = z.strictObject({
  allowed: z.boolean(),
  /** In `shadow`, what is denied is let through. */
  mode: z.enum(['enforce', 'shadow']),
  reason: z.enum(REASONS),
  message: z.string(),
  callers: z.array(z.string()),
  operation: z.string().nullable(),
  because: z.array(z.string()),
});

const LoggedDecision = z.strictObject({
  time: z.iso.datetime(),
  /** How many decisions it stands for. */
  count: z.int(),
  /** Who asked: `ext-authz`, `opa`. */
  by: z.string(),
  outcome: z.enum(['allowed', 'denied', 'shadow-denied']),
  reason: z.enum(REASONS),
  /** SPIFFE ID; null: nobody proved anything. */
  caller: z.string().nullable(),
  callers: z.array(z.string()),
  service: z.string(),
  operation: z.string(),
  because: z.array(z.string()),
});

const Suggestion = z.discriminatedUnion('kind', [
  z.strictObject({
    /** Nobody used it. */
    kind: z.literal('remove'),
    ...{ from: z.string(), to: z.string(), operation: z.string(), place: Place },
  }),
  z.strictObject({
    /** `operations` is what was used of it. */
    kind: z.literal('narrow'),
    ...{ from: z.string(), to: z.string(), operation: z.string(), place: Place },
    operations: z.array(z.string()),
  }),
  z.strictObject({
    /** It is called, and nobody declares it. */
    kind: z.literal('declare'),
    ...{ from: z.string(), to: z.string(), operation: z.string(), requests: z.int() },
  }),
]);

const MAX_PROBLEMS = 1_000;

/** Looked for when somebody asks. */
const problemsOf = oncePer(async ({ diagnostics, policy, sources }: CurrentPolicy) => {
  const { lint } = await import('../../../authorization/lint.ts');
  return [...diagnostics, ...lint(policy, sources)].sort(compareDiagnostics);
});

/** Who may call whom, as it is in force. */
export function policyOperations(authorization: Authorization, clock: () => number): Operation[] {
  const inForce = (): CurrentPolicy => {
    const { current } = authorization.policies;
    if (current === undefined) throw notYet();
    return current;
  };
  return [
    operation({
      ...POLICY,
      id: 'get-policy',
      path: '/api/v1/policy',
      summary: 'The policy in force, in numbers, and what is wrong with it',
      response: z.strictObject({
        /** Equal for equal policies. */
        revision: z.string(),
        since: z.iso.datetime(),
        services: z.int(),
        endpoints: z.int(),
        grants: z.int(),
        guardrails: z.int(),
        problems: z.array(Diagnostic),
      }),
      handle: async () => {
        const current = inForce();
        const { revision, since, policy } = current;
        const problems = await problemsOf(current);
        return {
          revision,
          since: toTimestamp(since),
          services: policy.services.length,
          endpoints: policy.endpoints.length,
          grants: policy.grants.length,
          guardrails: policy.guardrails.length,
          problems: problems.slice(0, MAX_PROBLEMS),
        };
      },
    }),
    operation({
      ...POLICY,
      id: 'explain-call',
      path: '/api/v1/policy/explain',
      summary: 'Why a call is allowed, or what would allow it',
      query: z.strictObject({
        /** A service (`web`, `shop/web`, an id), a SPIFFE ID, or `nobody`. */
        from: Id,
        to: Id,
        /** `GET /orders/42`, `payments.v1.Cards/Charge`, `QUERY order`. */
        operation: z
          .string()
          .max(4_096)
          .refine((text) => toOperation(text) !== undefined || /^\S+ \S+$/.test(text), {
            error: 'must read like `GET /orders/42`',
          }),
        proof: z.enum(['mtls', 'token']).default('mtls'),
      }),
      response: z.strictObject({
        decision: Decision,
        facts: z.array(
          z.strictObject({ name: z.string(), value: z.string(), place: z.string().optional() }),
        ),
        remedies: z.array(z.strictObject({ step: z.string(), snippet: z.string().optional() })),
      }),
      handle: async ({ query }) => {
        const [{ Asking }, { explain }] = await Promise.all([
          import('../../../../authorization/cases/index.ts'),
          import('../../../../authorization/explain/index.ts'),
        ]);
        const { engine, policy } = inForce();
        const question = new Asking(policy.services).question(query);
        const explained = explain(engine.trace(question), policy);
        const { decision } = explained;
        return { ...explained, decision: { ...decision, operation: decision.operation ?? null } };
      },
    }),
    operation({
      ...POLICY,
      id: 'list-policy-decisions',
      path: '/api/v1/policy/decisions',
      summary: 'The last decisions of this server: denied ones, and some of the allowed',
      response: z.strictObject({
        totals: z.strictObject({
          outcomes: z.record(z.string(), z.int()),
          reasons: z.record(z.string(), z.int()),
          /** Decisions that were to be kept, and were not for lack of room. */
          dropped: z.int(),
        }),
        /** The newest first. */
        denied: z.array(LoggedDecision),
        allowed: z.array(LoggedDecision),
      }),
      handle: () => {
        const { denied, allowed } = authorization.recent.list();
        const { totals } = authorization.recent.decisions;
        return { totals, denied: denied.map(toLogged), allowed: allowed.map(toLogged) };
      },
    }),
    operation({
      ...POLICY,
      id: 'suggest-policy',
      path: '/api/v1/policy/suggestions',
      summary: 'What would make declarations say what is used, and nothing else',
      query: z.strictObject({ days: z.coerce.number().int().min(1).max(3_650).default(30) }),
      response: z.strictObject({
        since: z.iso.datetime(),
        items: z.array(Suggestion),
        /** Callees whose traffic nobody reports: nothing is said of calls to them. */
        unseen: z.array(z.string()),
      }),
      handle: ({ query: { days } }) => {
        const since = toTimestamp(clock() - days * DAY_MS);
        const { policy } = inForce();
        const { endpoints = [] } = authorization.policies.known?.judged ?? {};
        const { suggestions, unseen } = suggest(policy, usesSince(endpoints, since));
        return { since, items: suggestions.map(toView), unseen };
      },
    }),
  ];
}

function toLogged({ caller, ...entry }: DecisionEntry) {
  return { ...entry, caller: caller ?? null };
}

function toView(suggestion: ReturnType<typeof suggest>['suggestions'][number]) {
  if (suggestion.kind === 'declare') return suggestion;
  const { grant, ...rest } = suggestion;
  const { from, to, operation: declared, source } = grant;
  const place = { file: source.file ?? null, line: source.line ?? null };
  return { ...rest, from, to, operation: declared, place };
}
