import { groupsIn } from '../../guardrails/names.ts';
import type { PolicyService } from '../../model/index.ts';
import type { Comparison, Offence, Rule } from '../comparison.ts';
import type { DeclaredChange, Operation } from '../model.ts';
import { placeOfDeclaration } from './services.ts';

export const GROUP_TRUST: Rule = {
  id: 'check/group-trust',
  severity: 'low',
  title: 'Nobody comes into a group that guardrails speak of, or leaves it, unseen',
  remedy: 'agree on it with the keepers of the guardrails that speak of the group',
  onlyOfChanges: true,
  judge: moved,
};

/** A service that is in another group than before. */
interface Move {
  readonly service: PolicyService;
  readonly group: string;
  readonly joins: boolean;
}

/** Services that come into a group that a guardrail names, or leave it; with what is reached by that which guardrails
 *  forbade before. Of services that are new only what it opens. */
function moved(comparison: Comparison): Offence[] {
  const { base, head, words } = comparison;
  const known = new Set(base.state.policy.services.map(({ id }) => id));
  return movesOf(comparison).flatMap((move): Offence[] => {
    const { service, group, joins } = move;
    const opened = openedBy(move, comparison);
    if (opened.length === 0 && !known.has(service.id)) return [];
    const name = words.nameOf(service.id);
    return [
      {
        subject: name,
        message: joins
          ? `${name} is newly in the group ${group}, and what guardrails say of the group holds for it`
          : `${name} is no longer in the group ${group}, and what guardrails say of the group does not hold for it any more`,
        newlyReaches: opened,
        place: placeOfDeclaration(head.state, service.id),
        ...(opened.length > 0 && { severity: 'high' as const }),
      },
    ];
  });
}

function movesOf({ base, head }: Comparison): Move[] {
  const named = new Set(
    [...base.state.policy.guardrails, ...head.state.policy.guardrails].flatMap((one) => [
      ...groupsIn(one),
    ]),
  );
  if (named.size === 0) return [];
  const before = new Map(base.state.policy.services.map(({ id, groups }) => [id, groups]));
  return head.state.policy.services.flatMap((service) => {
    const was = before.get(service.id) ?? [];
    const joined = service.groups.filter((one) => named.has(one) && !was.includes(one));
    const left = was.filter((one) => named.has(one) && !service.groups.includes(one));
    return [
      ...joined.map((group) => ({ service, group, joins: true })),
      ...left.map((group) => ({ service, group, joins: false })),
    ];
  });
}

/** What is newly reached, by the service or of it, and would be forbidden if nobody had moved. */
function openedBy({ service }: Move, { base, changes, judge }: Comparison): string[] {
  const before = new Map(base.state.policy.services.map(({ id, groups }) => [id, groups]));
  const unmoved = (one: PolicyService) => ({ ...one, groups: before.get(one.id) ?? [] });
  const isStopped = ({ caller, callee }: DeclaredChange, { endpoint }: Operation): boolean =>
    judge.standing({ caller: unmoved(caller), callee: unmoved(callee), endpoint }).kind !== 'clear';
  return changes.flatMap((change) => {
    if (change.layer !== 'declared') return [];
    const [isCaller, isCallee] = [change.caller, change.callee].map(({ id }) => id === service.id);
    if (!isCaller && !isCallee) return [];
    return change.opened
      .filter((operation) => isStopped(change, operation))
      .map(({ text }) => `${text} of ${change.to}${isCaller ? '' : `, by ${change.from}`}`);
  });
}
