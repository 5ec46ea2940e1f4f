import { addTo } from '../base/group-by.ts';
import type { CredentialFact } from './fact.ts';

/** Each scope finds out by itself which of its observations speak of one credential. Of several scopes, those do whose
 *  facts name the same value, or the same key of the same Secret of one environment; and what is declared is the secret
 *  that Reeve keeps under that name.
 *  @param byId not empty lists, by the ids that their scopes gave them
 *  @returns as many lists, or fewer; which are joined does not depend on their order */
export function joinCredentials(
  byId: ReadonlyMap<string, CredentialFact[]>,
): Map<string, CredentialFact[]> {
  const ids = new JoinedIds();
  const idOfKey = new Map<string, string>();
  const declared = new Map<string, string[]>();
  const filled = new Map<string, string>();
  for (const [id, facts] of byId) {
    for (const fact of facts) {
      for (const key of fact.keys) {
        if (key.startsWith('declared:')) addTo(declared, `${environmentOf(fact)} ${key}`, id);
        if (fact.secret !== undefined && isWhole(key)) filled.set(secretOf(key, fact), id);
        const shared = sharedKey(key, fact);
        if (shared === undefined) continue;
        const other = idOfKey.get(shared);
        if (other === undefined) idOfKey.set(shared, id);
        else ids.join(id, other);
      }
    }
  }
  joinDeclared(declared, byId, ids);
  if (filled.size > 0) joinParts(filled, byId, ids);
  const joined = new Map<string, CredentialFact[]>();
  for (const [id, facts] of byId) {
    for (const fact of facts) addTo(joined, ids.rootOf(id), fact);
  }
  return new Map([...joined.values()].map((facts) => [credentialId(facts), facts]));
}

/** The id of what several facts say together: that of the secret that Reeve keeps, else the first by text. */
export function credentialId(facts: readonly CredentialFact[]): string {
  let best: CredentialFact | undefined;
  for (const fact of facts) if (best === undefined || isBefore(fact, best)) best = fact;
  if (best === undefined) throw new RangeError('a credential needs at least one fact');
  return best.id;
}

function isBefore(a: CredentialFact, b: CredentialFact): boolean {
  const [isKept, wasKept] = [a.secret !== undefined, b.secret !== undefined];
  return isKept === wasKept ? a.id < b.id : isKept;
}

/** Ids of credentials begin with that of their environment. */
export function environmentOf({ id }: CredentialFact): string {
  return id.slice(0, Math.max(0, id.lastIndexOf('/')));
}

/** What a key means wherever it is said; undefined for places in files, which hold within one scope, and for Secrets as a
 *  whole or without their namespace. */
export function sharedKey(key: string, fact: CredentialFact): string | undefined {
  if (/^(?:value|api-key|kept|kv):/.test(key)) return key;
  const isOneKey = /^secret:[^/#]+\/[^#]*#(?!\*$)/.test(key);
  return isOneKey ? `${environmentOf(fact)} ${key}` : undefined;
}

/** Several credentials may be declared together, as a Secret of several keys: they are one only where Reeve keeps them as
 *  one. */
function joinDeclared(
  declared: ReadonlyMap<string, readonly string[]>,
  byId: ReadonlyMap<string, readonly CredentialFact[]>,
  ids: JoinedIds,
): void {
  for (const together of declared.values()) {
    const isKept = (id: string) => byId.get(id)?.some(({ secret }) => secret !== undefined);
    const kept = together.find(isKept);
    if (kept !== undefined) for (const id of together) ids.join(id, kept);
  }
}

const isWhole = (key: string): boolean => /^secret:[^/#]+\/[^#]*#\*$/.test(key);

/** A Secret, with its environment. */
const secretOf = (key: string, fact: CredentialFact): string =>
  `${environmentOf(fact)} ${key.slice(0, key.indexOf('#'))}`;

/** All keys of a Secret that Reeve fills are the one secret.
 *  @param filled ids by such Secrets */
function joinParts(
  filled: ReadonlyMap<string, string>,
  byId: ReadonlyMap<string, readonly CredentialFact[]>,
  ids: JoinedIds,
): void {
  for (const [id, facts] of byId) {
    for (const fact of facts) {
      for (const key of fact.keys) {
        const kept = key.includes('#') ? filled.get(secretOf(key, fact)) : undefined;
        if (kept !== undefined) ids.join(id, kept);
      }
    }
  }
}

/** Union-find. */
class JoinedIds {
  readonly #parent = new Map<string, string>();

  join(a: string, b: string): void {
    const [rootA, rootB] = [this.rootOf(a), this.rootOf(b)];
    if (rootA !== rootB) this.#parent.set(rootA, rootB);
  }

  rootOf(id: string): string {
    let root = id;
    for (let next = this.#parent.get(root); next !== undefined; next = this.#parent.get(root)) {
      // halves the way for whoever asks next
      const over = this.#parent.get(next);
      if (over !== undefined) this.#parent.set(root, over);
      root = next;
    }
    return root;
  }
}
