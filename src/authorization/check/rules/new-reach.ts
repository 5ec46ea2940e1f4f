import { type Offence, ofCallee, type Rule } from '../comparison.ts';
import type { Change } from '../model.ts';
import { someOf } from '../words.ts';

export const NEW_REACH: Rule = {
  id: 'check/new-reach',
  severity: 'info',
  title: 'Every new reach is seen by somebody',
  remedy: 'see whether it is meant',
  onlyOfChanges: true,
  judge: ({ changes }) =>
    changes.flatMap((change) => (TOLD.has(change.layer) ? toOffences(change) : [])),
};

/** The other layers are told by rules of their own wherever they gain. */
const TOLD: ReadonlySet<Change['layer']> = new Set(['declared', 'requests', 'network', 'outside']);

function toOffences({ from, to, gained, place }: Change): Offence[] {
  if (gained.length === 0) return [];
  return [
    {
      subject: from,
      message: `${from} newly reaches ${someOf(gained)} of ${to}`,
      newlyReaches: ofCallee(gained, to),
      place,
    },
  ];
}
