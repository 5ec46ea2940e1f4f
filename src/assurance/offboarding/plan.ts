import { createHash } from 'node:crypto';
import type { Leaving, OffboardingPlan, Retired, Retirer, Step } from './model.ts';

/** All that what is retired has left, in the order of the domains, and in each by id. */
export async function stepsOf(leaving: Leaving, retirers: readonly Retirer[]): Promise<Step[]> {
  const steps: Step[] = [];
  for (const retirer of retirers) {
    const left = await retirer.left(leaving);
    const isAsked = retirer.retire === undefined;
    const own = left.map((one) => ({
      ...one,
      kind: retirer.kind,
      isByHand: one.isByHand ?? isAsked,
    }));
    steps.push(...own.sort((a, b) => (a.id < b.id ? -1 : 1)));
  }
  return steps;
}

export function leavingOf(retired: Retired, services: readonly string[]): Leaving {
  const team = retired.kind === 'team' ? retired.name : undefined;
  return { services: new Set(services), team };
}

/** A plan with its digest, which hangs on what is done and not on how far that has come. */
export function planOf(
  retired: Retired,
  services: readonly string[],
  steps: readonly Step[],
): OffboardingPlan {
  const sorted = [...services].sort();
  const told = steps.map(({ kind, id, isByHand }) => [kind, id, isByHand]);
  const text = JSON.stringify([retired.kind, retired.name, sorted, told]);
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return { retired, services: sorted, steps, digest };
}
