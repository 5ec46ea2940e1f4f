import type { Rule } from '../comparison.ts';
import { isExpired } from '../waivers.ts';

export const WAIVER_EXPIRED: Rule = {
  id: 'check/waiver-expired',
  severity: 'low',
  title: 'No waiver outlives its day',
  remedy: 'mend what it accepted and remove the waiver, or agree on a later day with its owner',
  judge: ({ head, options: { today } }) =>
    today === undefined
      ? []
      : (head.state.waivers ?? [])
          .filter((waiver) => isExpired(waiver, today))
          .map(({ finding, owner, reason, until, location }) => ({
            subject: owner,
            message: `the waiver of ${finding} by ${owner} expired on ${until}: ${reason}`,
            newlyReaches: [],
            place: { state: 'head', ...location },
          })),
};
