import { Fault } from '../../base/fault.ts';
import type { Entry } from './entry.ts';

/** Why an entry cannot stand beside those that exist, if so: there is one alike, or some workload would
 *  surely get two identities under one hint.
 *  @returns a Fault `identity/entry-conflict`
 *  @see SPIFFE Workload API, profiles: hints of one answer are unique */
export function conflictWith(existing: Iterable<Entry>, entry: Entry): Fault | undefined {
  for (const other of existing) {
    if (other.id === entry.id) {
      return new Fault(
        'identity/entry-conflict',
        `${entry.spiffeId} is registered with these selectors already, by ${other.createdBy}`,
        { hint: `change the entry ${other.id}` },
      );
    }
    if (entry.hint !== '' && other.hint === entry.hint && goTogether(entry, other)) {
      return new Fault(
        'identity/entry-conflict',
        `whoever gets ${entry.spiffeId} gets ${other.spiffeId} too, and both have the hint ${entry.hint}`,
        { hint: 'give one of them another hint, or none' },
      );
    }
  }
  return undefined;
}

/** Whether a workload that matches one of them matches both. */
function goTogether(a: Entry, b: Entry): boolean {
  if (a.parent !== null && b.parent !== null && a.parent !== b.parent) return false;
  const [few, many] = a.selectors.length <= b.selectors.length ? [a, b] : [b, a];
  const held = new Set(many.selectors);
  return few.selectors.every((selector) => held.has(selector));
}
