import { addTo } from '../base/group-by.ts';
import { joinCredentials, sharedKey } from './credential-groups.ts';
import type { CredentialFact } from './fact.ts';

/** Says something of a credential that others know, and not that there is one: what a person has decided, and that
 *  it was revoked. Its keys are names (`namesOfCredential`). */
export function isRemark({ decision, revoked }: CredentialFact): boolean {
  return decision !== undefined || revoked !== undefined;
}

/** What a credential is known by whichever scope speaks of it: the ids that scopes have given it, and what these share.
 *  One of them is enough to know it again, when its id has changed or one of its scopes is gone. Sorted. */
export function namesOfCredential(facts: readonly CredentialFact[]): string[] {
  return [...new Set(facts.filter((fact) => !isRemark(fact)).flatMap(namesOf))].sort();
}

function namesOf(fact: CredentialFact): string[] {
  return [`id:${fact.id}`, ...fact.keys.flatMap((key) => sharedKey(key, fact) ?? [])];
}

/** The facts about each credential, by its id, with all remarks that name it. A remark joins nothing, for what had a name
 *  in common when it was made may be several credentials by now: it is then one about each of them.
 *  @param byId not empty lists, by the ids that their scopes gave them */
export function credentialGroups(
  byId: ReadonlyMap<string, CredentialFact[]>,
): Map<string, CredentialFact[]> {
  const remarks = [...byId.values()].flatMap((facts) => facts.filter(isRemark));
  if (remarks.length === 0) return joinCredentials(byId);
  const known = new Map<string, CredentialFact[]>();
  for (const [id, facts] of byId) {
    const rest = facts.filter((fact) => !isRemark(fact));
    if (rest.length > 0) known.set(id, rest);
  }
  const groups = joinCredentials(known);
  const byName = new Map<string, CredentialFact[]>();
  for (const remark of remarks) {
    for (const name of remark.keys) addTo(byName, name, remark);
  }
  for (const [id, facts] of groups) {
    const about = new Set<CredentialFact>();
    for (const fact of facts) {
      for (const name of namesOf(fact)) {
        for (const remark of byName.get(name) ?? []) about.add(remark);
      }
    }
    if (about.size > 0) groups.set(id, [...facts, ...about]);
  }
  return groups;
}
