import { deltaDiscoveryResponse, versionOfAll } from './messages.ts';
import { type Heard, type Look, type Protocol, WILDCARD } from './protocol.ts';
import { type DeltaRequest, tooMany } from './requests.ts';
import type { Resource, Resources } from './resources.ts';

/** Discovery where requests and answers say only what changes.
 *  @see xDS protocol, "Incremental xDS" */
export class Delta implements Protocol<DeltaRequest> {
  readonly #typeUrl: string;
  readonly #maxNames: number;
  readonly #names = new Set<string>();
  #isWildcard = false;
  #isFirst = true;
  /** What this Envoy has: versions by name. */
  readonly #known = new Map<string, string>();
  /** What it has been told not to be there. */
  readonly #toldMissing = new Set<string>();
  #nonce = 0;
  #answered = 0;

  constructor(typeUrl: string, maxNames: number) {
    this.#typeUrl = typeUrl;
    this.#maxNames = maxNames;
  }

  hear({ subscribe, unsubscribe, initialVersions, nonce, rejection }: DeltaRequest): Heard {
    if (this.#isFirst) {
      this.#isWildcard = subscribe.length === 0;
      for (const [name, version] of initialVersions) this.#known.set(name, version);
    }
    for (const name of subscribe) {
      // Who asks again for what it asks for already has lost it.
      if (!this.#isFirst || !initialVersions.has(name)) this.#known.delete(name);
      this.#toldMissing.delete(name);
      if (name === WILDCARD) this.#isWildcard = true;
      else this.#names.add(name);
    }
    for (const name of unsubscribe) this.#unsubscribe(name);
    this.#isFirst = false;
    if (this.#names.size > this.#maxNames) throw tooMany(this.#maxNames);
    return this.#verdict(nonce, rejection);
  }

  look(resources: Resources): Look {
    const names = [...this.#names];
    const visible = this.#isWildcard
      ? [...resources.names, ...names, ...this.#known.keys()]
      : names;
    const changed: Resource[] = [];
    const removed: string[] = [];
    const found: Resource[] = [];
    for (const name of new Set(visible)) {
      const resource = resources.find(name) ?? (this.#known.has(name) && resources.withdrawn(name));
      if (!resource) removed.push(...this.#miss(name));
      else {
        found.push(resource);
        this.#toldMissing.delete(name);
        if (this.#known.get(name) !== resource.version) changed.push(resource);
        this.#known.set(name, resource.version);
      }
    }
    const missing = names.filter((name) => !resources.find(name));
    if (changed.length === 0 && removed.length === 0) return { missing, outgoing: undefined };
    this.#nonce++;
    const answer = {
      typeUrl: this.#typeUrl,
      version: versionOfAll(found),
      nonce: String(this.#nonce),
      resources: changed,
    };
    const message = deltaDiscoveryResponse(answer, removed);
    return { missing, outgoing: { message, resources: changed } };
  }

  /** Gives the name where it is to be told that it is not there. */
  #miss(name: string): string[] {
    const isNews = this.#known.delete(name) || !this.#toldMissing.has(name);
    if (this.#names.has(name)) this.#toldMissing.add(name);
    return isNews ? [name] : [];
  }

  #unsubscribe(name: string): void {
    if (name === WILDCARD) this.#isWildcard = false;
    this.#names.delete(name);
    this.#known.delete(name);
    this.#toldMissing.delete(name);
  }

  /** Only of what was sent, and of each answer once. */
  #verdict(nonce: string, rejection: DeltaRequest['rejection']): Heard {
    if (nonce === '') return { verdict: 'asks' };
    const answers = Number(nonce);
    if (!(answers > this.#answered && answers <= this.#nonce)) return { verdict: 'stale' };
    this.#answered = answers;
    return rejection ? { verdict: 'rejects', rejection } : { verdict: 'accepts' };
  }
}
