import { addTo } from '../../../base/group-by.ts';
import { groupsIn } from '../../guardrails/names.ts';
import type { PolicyService } from '../../model/index.ts';
import type { Comparison, Offence, Rule } from '../comparison.ts';
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
  const moves = movesOf(comparison);
  const openedBy = openedTo(new Set(moves.map(({ service }) => service.id)), comparison);
  return moves.flatMap(({ service, group, joins }): Offence[] => {
    const opened = openedBy.get(service.id) ?? [];
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

/** By services that have moved: what they newly reach, or what is newly reached of them, that would be forbidden if nobody
 *  had moved. */
function openedTo(
  moved: ReadonlySet<string>,
  { base, changes, judge }: Comparison,
): ReadonlyMap<string, readonly string[]> {
  const before = new Map(base.state.policy.services.map(({ id, groups }) => [id, groups]));
  const unmoved = (one: PolicyService) => ({ ...one, groups: before.get(one.id) ?? [] });
  const opened = new Map<string, string[]>();
  for (const change of changes) {
    if (change.layer !== 'declared') continue;
    const ends = [...new Set([change.caller.id, change.callee.id])].filter((id) => moved.has(id));
    if (ends.length === 0) continue;
    const [caller, callee] = [unmoved(change.caller), unmoved(change.callee)];
    for (const { endpoint, text } of change.opened) {
      if (judge.standing({ caller, callee, endpoint }).kind === 'clear') continue;
      for (const id of ends) {
        addTo(
          opened,
          id,
          `${text} of ${change.to}${id === caller.id ? '' : `, by ${change.from}`}`,
        );
      }
    }
  }
  return opened;
}
