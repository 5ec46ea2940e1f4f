import { type CompiledPolicy, EvaluationError, type World } from '../evaluator/index.ts';

/** Whether a policy surely is not satisfied, however much of a world is unknown; one that fails may be. */
export function isNever(policy: CompiledPolicy | undefined, world: World): boolean {
  try {
    return policy?.isSatisfied(world) === false;
  } catch (thrown) {
    if (thrown instanceof EvaluationError) return false;
    throw thrown;
  }
}
