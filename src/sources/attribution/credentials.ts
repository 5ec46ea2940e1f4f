import { compareText } from '../../base/diagnostic.ts';
import { stableId } from '../../base/ids.ts';
import type { CredentialObservation } from '../../estate/index.ts';

/** A credential observation with the credential that it belongs to. */
export interface GroupedCredential {
  readonly id: string;
  readonly observation: CredentialObservation;
}

/** Groups what is said of the same credential: observations that share a key, directly or through
 *  others. A key that names a whole Secret (`secret:shop/db`, `secret:shop/db#*`) joins each of the
 *  Secret's credentials. */
export function groupCredentials(
  environment: string,
  observations: readonly CredentialObservation[],
): GroupedCredential[] {
  const namespaceOf = knownNamespaces(observations);
  const keyed = observations.map((observation) => ({
    observation,
    keys: [...new Set(observation.keys.map((key) => canonicalKey(key, namespaceOf)))].sort(),
  }));
  const groups = new Groups();
  const keysOfSecret = new Map<string, Set<string>>();
  for (const { keys } of keyed) {
    const own = keys.filter((key) => !isWholeSecret(key));
    own.forEach((key) => {
      groups.join(own[0] ?? key, key);
      const secret = secretOf(key);
      if (secret) keysOfSecret.set(secret, (keysOfSecret.get(secret) ?? new Set()).add(key));
    });
  }
  return keyed.flatMap(({ observation, keys }) => {
    const own = keys.filter((key) => !isWholeSecret(key) && !key.startsWith('declared:'));
    const parts = keys
      .filter(isWholeSecret)
      .flatMap((key) => [...(keysOfSecret.get(key.replace(/#\*$/, '')) ?? [])]);
    const anchors = own.length > 0 ? own.slice(0, 1) : parts.length > 0 ? parts : keys.slice(0, 1);
    const roots = new Set(anchors.map((key) => groups.nameOf(key)));
    return [...roots].map((root) => ({
      id: `${environment}/${stableId('cred', environment, root)}`,
      observation,
    }));
  });
}

function isWholeSecret(key: string): boolean {
  return key.startsWith('secret:') && (!key.includes('#') || key.endsWith('#*'));
}

/** `secret:shop/db` of `secret:shop/db#password`. */
function secretOf(key: string): string | undefined {
  return key.startsWith('secret:') && key.includes('#') ? key.replace(/#.*$/s, '') : undefined;
}

/** Manifests often leave the namespace to whoever applies them: a Secret whose name is known in just
 *  one namespace is that one. */
function knownNamespaces(observations: readonly CredentialObservation[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { keys } of observations) {
    for (const key of keys) {
      const { namespace, name } =
        /^secret:(?<namespace>[^/]*)\/(?<name>[^#]*)/.exec(key)?.groups ?? {};
      if (name === undefined) continue;
      const known = found.get(name) ?? new Set();
      if (namespace && namespace !== 'default') known.add(namespace);
      found.set(name, known);
    }
  }
  return found;
}

function canonicalKey(key: string, namespaceOf: Map<string, Set<string>>): string {
  return key.replace(/^secret:([^/]*)\/([^#]*)/, (_, namespace: string, name: string) => {
    const [only, ...others] = namespaceOf.get(name) ?? [];
    const unknown = namespace === '' || namespace === 'default';
    const meant = unknown && only !== undefined && others.length === 0 ? only : namespace;
    return `secret:${meant || 'default'}/${name}`;
  });
}

/** Union-find over keys. A group is named by its smallest key of the strongest kind. */
class Groups {
  readonly #parent = new Map<string, string>();

  join(a: string, b: string): void {
    const [rootA, rootB] = [this.nameOf(a), this.nameOf(b)];
    const [name, other] = compareKeys(rootA, rootB) <= 0 ? [rootA, rootB] : [rootB, rootA];
    this.#parent.set(other, name);
    this.#parent.set(name, name);
  }

  nameOf(key: string): string {
    let root = key;
    for (let next = this.#parent.get(root); next !== undefined && next !== root; ) {
      root = next;
      next = this.#parent.get(root);
    }
    return root;
  }
}

const KEY_KINDS = ['value:', 'api-key:', 'kept:', 'kv:', 'secret:', 'declared:', 'kong:', 'at:'];

function compareKeys(a: string, b: string): number {
  const kind = (key: string) => KEY_KINDS.findIndex((prefix) => key.startsWith(prefix));
  return kind(a) - kind(b) || compareText(a, b);
}
