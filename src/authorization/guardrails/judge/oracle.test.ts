import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { GuardContext, GuardedCall, Guardrail } from '../../model/index.ts';
import { arbitraryCall, arbitraryContext } from '../testing/calls.ts';
import { askOracle } from '../testing/oracle.ts';
import { arbitraryPolicy } from '../testing/policies.ts';
import { CedarJudge } from './index.ts';

/** How many policies are evaluated on a request, all tests together: `REEVE_ORACLE_CASES=100000` for the long form. */
const CASES = Number(process.env.REEVE_ORACLE_CASES ?? 4_000);
const POLICIES_A_REQUEST = 8;

function toGuardrails(policies: readonly unknown[]): Guardrail[] {
  return policies.map((json, index) => ({
    id: `guardrail-${index}`,
    reason: undefined,
    file: 'a.cedar',
    line: 1,
    text: '',
    json: json as Guardrail['json'],
  }));
}

function outcomeOf(guardrails: readonly Guardrail[], call: GuardedCall, context: GuardContext) {
  const verdicts = guardrails.map((one) => new CedarJudge([one]).judge(call, context));
  const ids = (kind: string) =>
    verdicts.flatMap((verdict) =>
      verdict.kind !== 'clear' && verdict.kind === kind ? [verdict.id] : [],
    );
  return { satisfied: ids('forbids').sort(), failed: ids('failed').sort() };
}

const cases = fc.tuple(
  fc.array(arbitraryPolicy, { minLength: POLICIES_A_REQUEST, maxLength: POLICIES_A_REQUEST }),
  arbitraryCall,
  arbitraryContext,
  fc.subarray(['proof', 'protocol', 'method', 'path'] as const),
);

it('says of each policy what Cedar says, also of those that fail', { timeout: 3_600_000 }, () => {
  const seen = { satisfied: 0, failed: 0, neither: 0, standing: 0 };
  fc.assert(
    fc.property(cases, ([policies, call, context, known]) => {
      const guardrails = toGuardrails(policies);
      const byId = Object.fromEntries(guardrails.map(({ id, json }) => [id, json]));
      const wanted = askOracle(byId, call, context);
      expect(outcomeOf(guardrails, call, context)).toEqual(wanted);

      const all = new CedarJudge(guardrails.toReversed());
      const verdict = all.judge(call, context);
      const [first] = wanted.failed.length > 0 ? wanted.failed : wanted.satisfied;
      expect(verdict.kind === 'clear' ? undefined : verdict.id).toBe(first);

      const given = Object.fromEntries(known.map((name) => [name, context[name]]));
      for (const guardrail of guardrails) {
        const judge = new CedarJudge([guardrail]);
        const standing = judge.standing(call, given);
        if (standing.kind === 'depends') continue;
        expect(standing).toEqual(judge.judge(call, context));
        seen.standing++;
      }
      seen.satisfied += wanted.satisfied.length;
      seen.failed += wanted.failed.length;
      seen.neither += policies.length - wanted.satisfied.length - wanted.failed.length;
    }),
    { numRuns: Math.ceil(CASES / POLICIES_A_REQUEST) },
  );
  const least = CASES / 20;
  expect(seen.satisfied).toBeGreaterThan(least);
  expect(seen.failed).toBeGreaterThan(least);
  expect(seen.neither).toBeGreaterThan(least);
  expect(seen.standing).toBeGreaterThan(least);
  if (process.env.REEVE_ORACLE_CASES !== undefined) console.log(seen);
});
