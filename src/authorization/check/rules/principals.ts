import { gains, type Offence, ofCallee, type Rule } from '../comparison.ts';
import type { RequestChange } from '../model.ts';
import { someOf } from '../words.ts';

export const ANY_TO_ANY: Rule = {
  id: 'check/any-to-any',
  severity: 'critical',
  title: 'No service is open to everyone on every port or for every operation',
  remedy: 'name the callers and the ports or operations that the service really serves',
  judge: (comparison) => [
    ...gains(comparison, 'requests').filter(isOpenToAll).map(toOffence),
    ...gains(comparison, 'network')
      .filter(({ opensToAll, anyPort }) => opensToAll && anyPort)
      .map(
        ({ to, place, sources, gained }): Offence => ({
          subject: to,
          message: `every workload newly reaches ${to} on every port: ${someOf(sources)}`,
          newlyReaches: ofCallee(gained, to),
          place,
        }),
      ),
  ],
};

export const WILDCARD_PRINCIPAL: Rule = {
  id: 'check/wildcard-principal',
  severity: 'high',
  title: 'Policies name their callers',
  remedy: 'name the service accounts of the callers instead of everyone',
  judge: (comparison) => [
    ...gains(comparison, 'requests')
      .filter((change) => change.principal.startsWith('*') && !isOpenToAll(change))
      .map(toOffence),
    ...gains(comparison, 'network')
      .filter(
        ({ opensToAll, anyPort, trust }) =>
          trust === 'everyone' || (opensToAll && trust === undefined && !anyPort),
      )
      .filter(({ opensToAll, anyPort }) => !(opensToAll && anyPort))
      .map(
        ({ to, place, gained }): Offence => ({
          subject: to,
          message: `every workload newly reaches ${to} on ${gained.join(', ')}`,
          newlyReaches: ofCallee(gained, to),
          place,
        }),
      ),
  ],
};

export const WHOLE_NAMESPACE: Rule = {
  id: 'check/whole-namespace',
  severity: 'high',
  title: 'No policy trusts all of a namespace',
  remedy: 'name the service accounts of the callers instead of their namespace',
  judge: (comparison) => [
    ...gains(comparison, 'requests')
      .filter(({ principal }) => principal.endsWith('/*'))
      .map(toOffence),
    ...gains(comparison, 'network')
      .filter(({ trust, opensToAll, anyPort }) => trust === 'namespace' && !(opensToAll && anyPort))
      .map(
        ({ to, place, gained, sources }): Offence => ({
          subject: to,
          message: `every workload of a namespace newly reaches ${to} on ${gained.join(', ')}: ${someOf(sources)} today`,
          newlyReaches: ofCallee(gained, to),
          place,
        }),
      ),
  ],
};

function isOpenToAll({ principal, gained }: RequestChange): boolean {
  return principal === '*' && gained.includes('every operation');
}

function toOffence({ policy, from, to, gained, place }: RequestChange): Offence {
  const by = policy === 'default' ? 'no policy restricts callers any more, so' : `${policy}:`;
  return {
    subject: to,
    message: `${by} ${from} may ask ${to} for ${someOf(gained)}`,
    newlyReaches: ofCallee(gained, to),
    place,
  };
}
