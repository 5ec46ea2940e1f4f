import { stableId } from '../../base/ids.ts';
import type { Waiver } from '../../estate/index.ts';
import type { Violation } from './model.ts';

/** Stable while the same thing is wrong, wherever its line moves. */
export function findingId({
  rule,
  subject,
  message,
}: Pick<Violation, 'rule' | 'subject' | 'message'>): string {
  return stableId('check', rule, subject, message);
}

/** Whether the last day of a waiver is over.
 *  @param today in UTC: `2027-01-31` */
export function isExpired({ until }: Waiver, today: string): boolean {
  return until < today;
}

/** Violations, each with the waiver that accepts it today. Of several the one that holds longest; without a day, none
 *  holds. */
export function withWaivers(
  violations: readonly Violation[],
  waivers: readonly Waiver[],
  today: string | undefined,
): Violation[] {
  const holding = new Map<string, Waiver>();
  for (const waiver of waivers) {
    if (today === undefined || isExpired(waiver, today)) continue;
    const known = holding.get(waiver.finding);
    if (!known || known.until < waiver.until) holding.set(waiver.finding, waiver);
  }
  return violations.map((violation) => {
    const waiver = holding.get(findingId(violation));
    return waiver ? { ...violation, waiver } : violation;
  });
}
