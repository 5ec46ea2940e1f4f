import type { Attack } from './attack.ts';
import { isSame } from './finding.ts';
import type { Example } from './logistic.ts';
import type { CollectedSign } from './signs.ts';

/** A sign and the number of the attack that it is of; undefined: harmless. */
export interface LabelledSign extends CollectedSign {
  readonly attack: string | undefined;
}

/** Says of signs of one estate what they are of, as alerts are held against the truth. */
export function labelled(
  signs: readonly CollectedSign[],
  attacks: readonly Attack[],
  seed: number,
): LabelledSign[] {
  return signs.map((sign) => {
    const attack = attacks.find(({ hops }) => hops.some((hop) => isSame(sign.shown, hop)));
    return { ...sign, attack: attack && `${seed} ${attack.number}` };
  });
}

/** Signs of one kind and attack weigh 1 together: who makes many requests is one attack. */
export function toExamples(signs: readonly LabelledSign[]): Example[] {
  const groupOf = ({ kind, attack }: LabelledSign): string => `${kind} ${attack}`;
  const groups = Map.groupBy(signs, groupOf);
  return signs.map((sign) => {
    const isOf = sign.attack !== undefined;
    const weight = isOf ? 1 / (groups.get(groupOf(sign))?.length ?? 1) : 1;
    return { features: sign.features, isOf, weight };
  });
}
