import { compareDiagnostics, type Diagnostic } from '../../../base/diagnostic.ts';
import { nearestOfFew } from '../../../base/nearest.ts';
import type { Policy } from '../../model/index.ts';
import { alwaysForbidden, contained, declaredCalls } from './declared.ts';
import { knownNames, unknownNames } from './names.ts';
import { Unmatched } from './never.ts';
import { overlaps } from './overlaps.ts';

/** What is odd about the guardrails of a policy, which can all be used: names that nothing has, what is about nobody, what
 *  says what another says, and declared calls that are always forbidden. By file, line and column.
 *  @param groups the names of all groups, those without services included */
export function lintGuardrails(policy: Policy, groups: Iterable<string> = []): Diagnostic[] {
  const { guardrails } = policy;
  if (guardrails.length === 0) return [];
  const names = knownNames(policy, groups);
  const nearestOf = nearestOfFew();
  const unmatched = new Unmatched(policy);
  const declared = declaredCalls(policy);
  const repeated = overlaps(guardrails);
  const isRepeated = ({ file, line, column }: Diagnostic) =>
    repeated.some((one) => one.file === file && one.line === line && one.column === column);
  return [
    ...guardrails.flatMap((guardrail) => {
      const unknown = unknownNames(guardrail, names, nearestOf);
      return unknown.length > 0 ? unknown : unmatched.of(guardrail);
    }),
    ...repeated,
    ...contained(declared, guardrails).filter((note) => !isRepeated(note)),
    ...alwaysForbidden(declared, guardrails),
  ].sort(compareDiagnostics);
}
