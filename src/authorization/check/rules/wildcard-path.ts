import { type Comparison, gains, type Offence, ofCallee, type Rule } from '../comparison.ts';
import { grantKey } from '../declared-changes.ts';
import { isWildcard } from '../operations.ts';
import { placeOf, samePlace } from '../words.ts';

export const WILDCARD_PATH: Rule = {
  id: 'check/wildcard-path',
  severity: 'high',
  title: 'Calls are declared operation by operation',
  remedy: 'name the operations that are really called, such as `GET /orders/{id}`',
  judge: (comparison) => [...inDeclarations(comparison), ...inPolicies(comparison)],
};

function inDeclarations(comparison: Comparison): Offence[] {
  const { base, head, words } = comparison;
  const before = new Set(base.state.policy.grants.map(grantKey));
  const opened = gains(comparison, 'declared');
  return head.state.policy.grants.flatMap((grant): Offence[] => {
    if (!isWildcard(grant.operation) || before.has(grantKey(grant))) return [];
    const place = placeOf(grant.source, 'head');
    const by = opened.filter(
      ({ caller, callee, place: cause }) =>
        caller.id === grant.from && callee.id === grant.to && samePlace(cause, place),
    );
    // One that stands in the place of a wider one opens nothing; one whose callee nobody knows may open anything.
    const isKnown = head.state.policy.services.some(({ id }) => id === grant.to);
    if (by.length === 0 && isKnown) return [];
    const [from, to] = [words.nameOf(grant.from), words.nameOf(grant.to)];
    const what = grant.operation === '*' ? 'every operation' : `\`${grant.operation}\``;
    return [
      {
        subject: from,
        message: `${from} declares ${what} of ${to}: all that is there, and all that will ever be`,
        newlyReaches: ofCallee(
          by.flatMap(({ gained }) => gained),
          to,
        ),
        place,
      },
    ];
  });
}

function inPolicies(comparison: Comparison): Offence[] {
  return gains(comparison, 'requests')
    .filter(({ principal, gained }) => isNamed(principal) && gained.includes('every operation'))
    .map(({ policy, from, to, gained, place }) => ({
      severity: 'medium',
      subject: to,
      message: `${policy} lets ${from} in to every operation of ${to}`,
      newlyReaches: ofCallee(gained, to),
      place,
    }));
}

/** Other principals have rules of their own. */
function isNamed(principal: string): boolean {
  return !principal.startsWith('*') && !principal.endsWith('/*');
}
