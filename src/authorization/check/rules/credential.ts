import { gains, type Rule } from '../comparison.ts';

export const CREDENTIAL_UNOWNED: Rule = {
  id: 'check/credential-unowned',
  severity: 'medium',
  title: 'Every new credential has an owner',
  remedy:
    'declare it under `spec.credentials` of the reeve.yaml of the service that uses it, with its team',
  judge: (comparison) =>
    gains(comparison, 'credential')
      .filter(({ owner }) => owner === null)
      .map(({ change, from, to, gained, place }) => ({
        subject: to,
        message:
          change === 'changed'
            ? `nobody is named as the owner of ${to} any more`
            : `nobody is named as the owner of ${gained.join(', ')}, which is new and used by ${from}`,
        newlyReaches: [],
        place,
      })),
};
