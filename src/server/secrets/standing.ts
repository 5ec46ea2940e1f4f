import type { SecretKeeping } from '../../secrets/keeping/index.ts';
import type { SecretEffect } from '../../secrets/rotation/index.ts';
import type { SecretProblem } from './problems.ts';
import type { Rotations } from './rotations.ts';

/** What may come of a rotation: another value is current, a person is asked, nothing is left to be done. */
const OUTCOMES = ['promoted', 'waits', 'ended'] as const;
export type RotationOutcome = (typeof OUTCOMES)[number];

/** How rotations stand. */
export interface RotationsStanding {
  readonly state: Rotations['state'];
  /** Why they do not go on. */
  readonly why: string | null;
  readonly secrets: number;
  /** Of them, those with a plan, and those that are being rotated. */
  readonly planned: number;
  readonly underWay: number;
  /** Secrets by problem. */
  readonly problems: Readonly<Record<string, number>>;
  /** Values that are to be revoked, and are not yet. */
  readonly unrevoked: number;
  /** Since the start. */
  readonly outcomes: Readonly<Record<RotationOutcome, number>>;
}

/** Counts what comes of rotations in this process. */
export class Outcomes {
  readonly counts: Record<RotationOutcome, number> = { promoted: 0, waits: 0, ended: 0 };

  hear({ effect }: SecretEffect): void {
    if (effect !== 'call') this.counts[effect]++;
  }
}

export function standingOf(
  keeping: Pick<SecretKeeping, 'list'>,
  { state, why }: Pick<Rotations, 'state' | 'why'>,
  outcomes: Outcomes,
  problemsOf: (secret: ReturnType<SecretKeeping['get']> & object) => readonly SecretProblem[],
): RotationsStanding {
  const problems: Record<string, number> = {};
  let [secrets, planned, underWay, unrevoked] = [0, 0, 0, 0];
  for (const secret of keeping.list()) {
    secrets++;
    if (secret.plan) planned++;
    if (secret.run) underWay++;
    unrevoked += secret.versions.filter(({ revocation }) => revocation !== null).length;
    for (const problem of new Set(problemsOf(secret).map((one) => one.problem))) {
      problems[problem] = (problems[problem] ?? 0) + 1;
    }
  }
  return {
    ...{ state, why: why ?? null, secrets, planned, underWay, unrevoked, problems },
    outcomes: { ...outcomes.counts },
  };
}
