import { CRITICALITIES, type Criticality, type OwnerClaim } from '../estate/index.ts';

type Labels = Readonly<Record<string, string>>;

const OWNER_KEYS = [
  'reeve.dev/owner',
  'a8r.io/owner',
  'app.kubernetes.io/owner',
  'backstage.io/owner',
  'backstage.io/kubernetes-owner',
  'tags.datadoghq.com/team',
  'team.kubernetes.io/name',
  'app.kubernetes.io/team',
  'owner',
  'owned-by',
  'team',
  'owner-team',
  'team-name',
  'squad',
];

/** The owner that labels or annotations name, those of the first set before those of the next. */
export function ownerInLabels(...sets: readonly Labels[]): OwnerClaim | undefined {
  const owner = firstValue(sets, OWNER_KEYS, (value) => value.trim() || undefined);
  return owner === undefined ? undefined : { owner, rank: 'label' };
}

const CRITICALITY_KEYS = [
  'reeve.dev/criticality',
  'criticality',
  'app.kubernetes.io/criticality',
  'business-criticality',
  'tier',
];
const TIERS = new Map<string, Criticality>([
  ...CRITICALITIES.map((word) => [word, word] as const),
  ['tier-0', 'critical'],
  ['tier-1', 'high'],
  ['tier-2', 'medium'],
  ['tier-3', 'low'],
]);

/** How critical labels or annotations call their object; `tier: backend` says nothing of it. */
export function criticalityInLabels(...sets: readonly Labels[]): Criticality | undefined {
  return firstValue(sets, CRITICALITY_KEYS, (value) => TIERS.get(value.trim().toLowerCase()));
}

function firstValue<Value>(
  sets: readonly Labels[],
  keys: readonly string[],
  read: (text: string) => Value | undefined,
): Value | undefined {
  for (const labels of sets) {
    for (const key of keys) {
      const text = Object.hasOwn(labels, key) ? labels[key] : undefined;
      const value = text === undefined ? undefined : read(text);
      if (value !== undefined) return value;
    }
  }
  return undefined;
}
