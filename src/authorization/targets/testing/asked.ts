import fc from 'fast-check';
import { Engine } from '../../engine/index.ts';
import { arbitraryPolicy, arbitraryQuestion } from '../../engine/testing/index.ts';
import type { CalleeRules, Policy, Question } from '../../model/index.ts';
import { matchesLoosely, parsePattern, toWirePath } from '../../operations/index.ts';
import { NO_GUARDRAILS } from '../../testing/samples.ts';
import type { Notice } from '../compiled.ts';
import { arbitraryRules, isLetIn, type SampleRules } from './rules.ts';

/** Rules, questions that they are about, and whether these are allowed. */
export interface Asked {
  readonly policy: Policy;
  readonly rules: readonly CalleeRules[];
  readonly questions: readonly Question[];
  readonly allows: (question: Question) => boolean;
}

/** Any rules, such as policies come to and such as they never would. */
function arbitraryOfRules(count: number): fc.Arbitrary<Asked> {
  return arbitraryRules().chain((sample) =>
    arbitraryQuestions(asPolicy(sample), count).map((questions) => ({
      ...sample,
      questions,
      allows: (question) => {
        const { proof } = question;
        const caller = proof === undefined ? undefined : question.caller;
        return isLetIn(sample.rules, { ...question, caller });
      },
    })),
  );
}

/** The rules that a policy comes to, and the engine's decisions. */
function arbitraryOfPolicy(count: number): fc.Arbitrary<Asked> {
  return arbitraryPolicy().chain((policy) =>
    arbitraryQuestions(policy, count).map((questions) => {
      const engine = new Engine(policy, NO_GUARDRAILS);
      const allows = (question: Question) => {
        const { allowed, mode } = engine.decide(question);
        return allowed || mode === 'shadow';
      };
      return { policy, rules: engine.rules(), questions, allows };
    }),
  );
}

/** What targets are asked, by what it is. */
export const ASKED: readonly (readonly [string, (count: number) => fc.Arbitrary<Asked>])[] = [
  ['rules', arbitraryOfRules],
  ['a policy', arbitraryOfPolicy],
];

const arbitraryQuestions = (policy: Policy, count: number): fc.Arbitrary<Question[]> =>
  fc.array(arbitraryQuestion(policy), { minLength: count, maxLength: count });

/** The policy of which each path of a rule is a grant. */
export function asPolicy({ policy, rules }: SampleRules): Policy {
  const source = { reader: 'declarations', how: 'declared', file: 'reeve.yaml' } as const;
  const grants = rules.flatMap(({ service, callers }) =>
    callers.flatMap(({ services, allowed }) =>
      services.flatMap(({ id }) =>
        allowed.flatMap(({ method, path, except }) =>
          [path, ...except].map((one) => ({
            from: id,
            to: service.id,
            operation: `${method === '*' ? 'ANY' : method} ${one}`,
            source,
          })),
        ),
      ),
    ),
  );
  return { ...policy, grants };
}

/** Whether a notice says that a target denies a question that the policy allows. */
export function isToldDenied(
  notices: readonly Notice[],
  { services }: Policy,
  question: Question,
): boolean {
  const names = services
    .filter(({ identities }) => identities.includes(question.caller ?? ''))
    .map(({ id }) => id);
  return notices.some(
    ({ effect, service, caller, operation }) =>
      effect === 'denied' &&
      service === question.service &&
      (caller === undefined || caller === question.caller || names.includes(caller)) &&
      (operation === undefined || isAbout(operation, question)),
  );
}

function isAbout(operation: string, { method, path, protocol }: Question): boolean {
  if (operation === '*') return true;
  const [named, template] = operation.split(' ');
  if (named !== '*' && named !== method) return false;
  if (template === undefined) return true;
  if (protocol !== 'http') return template === path;
  const [pattern, wire] = [parsePattern(template), toWirePath(path)];
  return pattern !== undefined && typeof wire === 'string' && matchesLoosely(pattern, wire);
}
