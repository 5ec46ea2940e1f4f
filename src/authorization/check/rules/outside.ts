import { gains, type Offence, ofCallee, type Rule } from '../comparison.ts';
import { someOf } from '../words.ts';

export const INTERNET_EXPOSURE: Rule = {
  id: 'check/internet-exposure',
  severity: 'high',
  title: 'Nothing is newly open to the internet',
  remedy:
    'keep the route inside, narrow it to the paths that outsiders need, or agree on it with the owner',
  judge: (comparison) => [
    ...gains(comparison, 'outside')
      .filter(({ internet }) => internet)
      .map(
        ({ to, gained, operations, wasOnInternet, place }): Offence => ({
          ...(wasOnInternet && { severity: 'medium' }),
          subject: to,
          message: wasOnInternet
            ? `the internet newly reaches more of ${to}: ${someOf(gained)}`
            : `the internet newly reaches ${to}: ${someOf(gained)}`,
          newlyReaches: ofCallee(operations.length > 0 ? operations : gained, to),
          place,
        }),
      ),
    ...gains(comparison, 'network')
      .filter(({ fromOutside }) => fromOutside)
      .map(
        ({ to, gained, sources, place }): Offence => ({
          subject: to,
          message: `addresses outside (${someOf(sources)}) newly reach ${to} on ${gained.join(', ')}`,
          newlyReaches: ofCallee(gained, to),
          place,
        }),
      ),
  ],
};
