import type { Member } from './member.ts';

export interface Twins {
  /** How many others have the same suffixes, and what is believed of these on average. */
  readonly count: number;
  readonly belief: number;
}

/** The twins of each member, by rank. */
export function twinsOf(members: readonly Member[]): (rank: number) => Twins {
  const signatures = members.map(({ suffixes }) =>
    [...suffixes.keys()].sort((a, b) => a - b).join(),
  );
  const same = new Map<string, { count: number; belief: number }>();
  members.forEach(({ belief }, rank) => {
    const signature = signatures[rank] ?? '';
    const before = same.get(signature) ?? { count: 0, belief: 0 };
    same.set(signature, { count: before.count + 1, belief: before.belief + belief });
  });
  return (rank) => {
    const own = members[rank]?.belief ?? 0;
    const { count, belief } = same.get(signatures[rank] ?? '') ?? { count: 1, belief: own };
    return { count: count - 1, belief: count > 1 ? (belief - own) / (count - 1) : 0 };
  };
}
