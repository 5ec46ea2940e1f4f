/** What became of rows that are no hop of their own, and what was odd about others: a closed table. */
export const PAIRING_REASONS = {
  duplicate: 'the same span came before',
  late: 'its request was told of already, when its window ended',
  nested: 'a span within another of the same service and side',
  'self-call': 'a service that called itself',
  nameless: 'nobody answered, and it does not say whom it asked',
  unnamed: 'there are too many services to have a number for this one',
  malformed: 'it says no side of a request that there is',
  'own-parent': 'a span that is its own parent; it is taken as one without',
  'too-old': 'a span that came later than `lateHours` allows; it counts as that late and no more',
  'pushed-out': 'told before its window ended, because there was no room',
  unlinked: 'a link to a message that nobody sent within the window',
  'too-many-links': 'a link beyond the limit of links a span',
  'too-many-tries':
    'a search that ended before everything was looked at: ids that collide, or are used by many',
} as const;
export type PairingReason = keyof typeof PAIRING_REASONS;

/** Counts by reason; each reason is there from the start. */
export class ReasonCounts {
  readonly all = new Map<PairingReason, number>();

  constructor() {
    for (const reason of Object.keys(PAIRING_REASONS) as PairingReason[]) this.all.set(reason, 0);
  }

  add(reason: PairingReason): void {
    this.all.set(reason, (this.all.get(reason) ?? 0) + 1);
  }
}
