import fc from 'fast-check';
import { arbitraryQuestion } from '../../engine/testing/index.ts';
import type { Policy, Question } from '../../model/index.ts';
import { matchesLoosely, parsePattern, toWirePath } from '../../operations/index.ts';
import type { Notice } from '../compiled.ts';
import { arbitraryRules, type SampleRules } from './rules.ts';

/** Rules, and questions that they are about. */
export function arbitraryAsked(
  questions: number,
): fc.Arbitrary<{ readonly sample: SampleRules; readonly questions: readonly Question[] }> {
  return arbitraryRules().chain((sample) =>
    fc.record({
      sample: fc.constant(sample),
      questions: fc.array(arbitraryQuestion(asPolicy(sample)), {
        minLength: questions,
        maxLength: questions,
      }),
    }),
  );
}

/** The policy of which each path of a rule is a grant. */
function asPolicy({ policy, rules }: SampleRules): Policy {
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
