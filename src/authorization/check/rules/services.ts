import type { Comparison, Offence, Rule } from '../comparison.ts';
import { placeOf } from '../words.ts';

export const ENFORCEMENT_OFF: Rule = {
  id: 'check/enforcement-off',
  severity: 'high',
  title: 'No service stops enforcing what is allowed',
  remedy: 'keep `mode: enforce`, or agree with the owner of the service until when it is in shadow',
  judge: notEnforced,
};

function notEnforced({ base, head, words }: Comparison): Offence[] {
  const before = new Map(base.state.policy.services.map(({ id, mode }) => [id, mode]));
  return head.state.policy.services
    .filter(({ id, mode }) => mode === 'shadow' && before.get(id) === 'enforce')
    .map(({ id }) => ({
      subject: words.nameOf(id),
      message: `${words.nameOf(id)} no longer enforces what is allowed: calls that nobody declared are let through`,
      newlyReaches: [`every operation of ${words.nameOf(id)}, by everyone`],
      place: placeOfDeclaration(head.state, id),
    }));
}

export function placeOfDeclaration({ services }: Comparison['head']['state'], id: string) {
  const sources = services.find((service) => service.id === id)?.sources ?? [];
  const declared = sources.find(({ reader }) => reader === 'declarations');
  return placeOf(declared ?? sources.find(({ file }) => file !== undefined), 'head');
}
