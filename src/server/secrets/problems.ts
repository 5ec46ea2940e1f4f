import type { SecretMetadata } from '../../secrets/keeping/index.ts';
import {
  ROTATION_PROBLEMS,
  type RotationPolicy,
  type RotationProblem,
  rotationProblems,
} from '../../secrets/rotation/index.ts';

/** Something that a person should know of a secret. */
export interface SecretProblem extends Omit<RotationProblem, 'problem'> {
  readonly problem: string;
  /** What it means, in a sentence. */
  readonly title: string;
}

/** What is wrong with how a secret is kept fresh.
 *  @param now milliseconds since 1970 */
export const problemsOf = (
  secret: SecretMetadata,
  now: number,
  policy: RotationPolicy,
): readonly SecretProblem[] =>
  rotationProblems(secret, now, policy).map((problem) => ({
    ...problem,
    title: ROTATION_PROBLEMS[problem.problem],
  }));
