import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policy, Question } from '../../model/index.ts';
import { toWireMethod, toWirePath } from '../../operations/index.ts';
import { arbitraryAsked, isToldDenied } from '../testing/asked.ts';
import { contextFor, isLetIn, type SampleRules, workloadsFor } from '../testing/index.ts';
import { compileIstio } from './index.ts';
import { Istio, normalized } from './testing/evaluator.ts';

/** More where `REEVE_PROPERTY_RUNS` asks for that many policies. */
const POLICIES = Number(process.env.REEVE_PROPERTY_RUNS ?? 150);
const QUESTIONS = 40;

describe('what Istio is told', () => {
  it('lets in what the rules do, but for what its notices name', () => {
    const seen = { same: 0, told: 0, refused: 0 };
    fc.assert(
      fc.property(arbitraryAsked(QUESTIONS), ({ sample, questions }) => {
        const { policy, rules } = sample;
        const { files, notices } = compileIstio(rules, contextFor(policy));
        const istio = new Istio(files);
        for (const question of questions) {
          const want = wanted(sample, question);
          const got = asked(istio, policy, question);
          if (got === want) seen.same++;
          else if (!got && normalized(question.path) === undefined) seen.refused++;
          else if (got && isPassedOn(sample, question)) seen.refused++;
          else if (!got && isToldDenied(notices, policy, question)) seen.told++;
          else expect({ question, got }).toEqual({ question, got: want });
        }
      }),
      { numRuns: POLICIES },
    );
    expect(seen.same).toBeGreaterThan(0.8 * POLICIES * QUESTIONS);
  });
});

function wanted({ rules }: SampleRules, question: Question): boolean {
  const { proof } = question;
  return isLetIn(rules, proof === undefined ? { ...question, caller: undefined } : question);
}

function asked(istio: Istio, { services }: Policy, question: Question): boolean {
  const { caller, proof, protocol, method, path, service } = question;
  const [pod] = workloadsFor(services.filter(({ id }) => id === service));
  const wire = normalized(path);
  if (!pod || protocol !== 'http' || wire === undefined) return false;
  const principal = proof === undefined ? undefined : caller?.slice('spiffe://'.length);
  return istio.lets({ principal, method, path: wire }, pod);
}

/** What the general notices say: Envoy normalises paths, and passes on `;` and odd methods. Taken as any other character,
 *  `;` must be let in by the rules. */
function isPassedOn(sample: SampleRules, question: Question): boolean {
  if (typeof toWireMethod(question.method) !== 'string') return true;
  if (typeof toWirePath(question.path) === 'string') return false;
  const path = (normalized(question.path) ?? '').replaceAll(';', '%3B');
  return typeof toWirePath(path) !== 'string' || wanted(sample, { ...question, path });
}
