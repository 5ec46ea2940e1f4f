import { discoveryResponse, versionOfAll } from './messages.ts';
import { type Heard, type Look, type Protocol, WILDCARD } from './protocol.ts';
import type { DiscoveryRequest } from './requests.ts';
import type { Resource, Resources } from './resources.ts';

/** Discovery where each request names all that is asked for. Of the types that are served here, an answer need
 *  only hold what has changed: what it does not hold stays as it was.
 *  @see xDS protocol, "State of the world" */
export class StateOfTheWorld implements Protocol<DiscoveryRequest> {
  readonly #typeUrl: string;
  /** Undefined before the first request. */
  #names: ReadonlySet<string> | undefined;
  #isWildcard = false;
  /** It may have resources of a stream before this one. */
  #hasEarlier = false;
  /** What this Envoy was sent: versions by name. */
  readonly #sent = new Map<string, string>();
  #nonce = 0;
  #isAnswered = true;

  constructor(typeUrl: string) {
    this.#typeUrl = typeUrl;
  }

  hear({ names, nonce, version, rejection }: DiscoveryRequest): Heard {
    const before = this.#names;
    const isAnswer = before !== undefined && nonce !== '';
    if (isAnswer && nonce !== String(this.#nonce)) return { verdict: 'stale' };
    this.#names = new Set(names.filter((name) => name !== WILDCARD));
    const asksForAll = names.includes(WILDCARD);
    if (before === undefined) {
      this.#isWildcard = asksForAll || names.length === 0;
      this.#hasEarlier = version !== '';
      return { verdict: 'asks' };
    }
    // Who has once asked by name and now names nothing wants nothing any more.
    this.#isWildcard = asksForAll || (this.#isWildcard && names.length === 0);
    for (const name of before) if (!this.#names.has(name)) this.#sent.delete(name);
    if (!isAnswer) return { verdict: 'asks' };
    if (this.#isAnswered) {
      // Asked again without need: Envoy has let go of what it had, and wants it once more.
      if (isSame(before, this.#names)) this.#sent.clear();
      return { verdict: 'asks' };
    }
    this.#isAnswered = true;
    return rejection ? { verdict: 'rejects', rejection } : { verdict: 'accepts' };
  }

  look(resources: Resources): Look {
    const names = [...(this.#names ?? [])];
    const missing = names.filter((name) => !resources.find(name));
    const visible = this.#isWildcard ? [...resources.names, ...names, ...this.#sent.keys()] : names;
    const found = [...new Set(visible)].flatMap((name) => this.#find(resources, name) ?? []);
    const changed = found.filter(({ name, version }) => this.#sent.get(name) !== version);
    if (changed.length === 0) return { missing, outgoing: undefined };
    for (const { name, version } of changed) this.#sent.set(name, version);
    this.#nonce++;
    this.#isAnswered = false;
    const message = discoveryResponse({
      typeUrl: this.#typeUrl,
      version: versionOfAll(found),
      nonce: String(this.#nonce),
      resources: changed,
    });
    return { missing, outgoing: { message, resources: changed } };
  }

  #find(resources: Resources, name: string): Resource | undefined {
    const found = resources.find(name);
    if (found || !(this.#sent.has(name) || this.#hasEarlier)) return found;
    return resources.withdrawn(name);
  }
}

function isSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((name) => other.has(name));
}
