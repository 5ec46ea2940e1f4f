import type { CredentialChange, State } from './model.ts';
import { placeOf, type Words } from './words.ts';

type Credential = State['credentials'][number];

/** Credentials that come, go, or lose their owner. One that moves to another file is no new one. */
export function credentialChanges(base: State, head: State, words: Words): CredentialChange[] {
  const before = new Known(base.credentials);
  const after = new Known(head.credentials);
  const changes: CredentialChange[] = [];
  for (const credential of head.credentials) {
    const was = before.find(credential);
    if (was === undefined) changes.push(toChange(credential, 'added', 'head', words));
    else if (was.owner !== null && credential.owner === null) {
      changes.push(toChange(credential, 'changed', 'head', words));
    }
  }
  for (const credential of base.credentials) {
    if (!after.find(credential)) changes.push(toChange(credential, 'removed', 'base', words));
  }
  return changes;
}

function toChange(
  credential: Credential,
  change: CredentialChange['change'],
  state: 'base' | 'head',
  words: Words,
): CredentialChange {
  const { name, kind, owner, services } = credential;
  const what = [`${kind} ${name}`];
  return {
    layer: 'credential',
    change,
    from: services.map((id) => words.nameOf(id)).join(', ') || 'nobody',
    to: name,
    gained:
      change === 'removed'
        ? []
        : change === 'changed'
          ? [`${kind} ${name} without an owner`]
          : what,
    lost: change === 'removed' ? what : [],
    place: placeOf(credential.locations[0], state),
    owner,
  };
}

class Known {
  readonly #byKey = new Map<string, Credential>();

  constructor(credentials: readonly Credential[]) {
    for (const one of credentials) for (const key of keysOf(one)) this.#byKey.set(key, one);
  }

  find(credential: Credential): Credential | undefined {
    for (const key of keysOf(credential)) {
      const found = this.#byKey.get(key);
      if (found) return found;
    }
    return undefined;
  }
}

function keysOf({ id, name, services, fingerprint }: Credential): string[] {
  const used = services.map((service) => `used ${service} ${name}`);
  return [`id ${id}`, ...(fingerprint ? [`value ${fingerprint}`] : []), ...used];
}
