import { compareText } from '../../base/diagnostic.ts';
import type { Endpoint } from '../../estate/index.ts';

type Reason = NonNullable<Endpoint['review']>;

/** What waits for one owner. */
export interface OwnerQueue {
  /** null: nobody's. */
  readonly owner: string | null;
  readonly total: number;
  readonly counts: Readonly<Partial<Record<Reason, number>>>;
}

/** The endpoints that wait for a person, counted by owner and reason: what is nobody's comes first,
 *  then the longest queue. Only what lists show waits for anybody. */
export function queues(
  endpoints: Iterable<Pick<Endpoint, 'owner' | 'review' | 'visibility'>>,
): OwnerQueue[] {
  const byOwner = new Map<string | null, Partial<Record<Reason, number>>>();
  for (const { owner, review, visibility } of endpoints) {
    if (review === null || visibility !== 'shown') continue;
    const counts = byOwner.get(owner) ?? {};
    counts[review] = (counts[review] ?? 0) + 1;
    byOwner.set(owner, counts);
  }
  return [...byOwner]
    .map(([owner, counts]) => ({ owner, total: sum(Object.values(counts)), counts }))
    .sort(
      (a, b) =>
        Number(b.owner === null) - Number(a.owner === null) ||
        b.total - a.total ||
        compareText(a.owner ?? '', b.owner ?? ''),
    );
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
