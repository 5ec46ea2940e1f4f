import type { Secrets } from './catalogue.ts';
import { deltaDiscoveryResponse, type Secret, versionOfAll } from './messages.ts';
import { type Heard, type Look, type Protocol, WILDCARD } from './protocol.ts';
import { type DeltaRequest, readDeltaRequest, tooMany } from './requests.ts';

/** Discovery where requests and answers say only what changes.
 *  @see xDS protocol, "Incremental xDS" */
export class Delta implements Protocol<DeltaRequest> {
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

  constructor(maxNames: number) {
    this.#maxNames = maxNames;
  }

  read(message: Buffer): DeltaRequest {
    return readDeltaRequest(message, this.#maxNames);
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

  look(secrets: Secrets): Look {
    const names = [...this.#names];
    const visible = this.#isWildcard ? [...secrets.names, ...names, ...this.#known.keys()] : names;
    const changed: Secret[] = [];
    const removed: string[] = [];
    const found: Secret[] = [];
    for (const name of new Set(visible)) {
      const secret = secrets.find(name) ?? (this.#known.has(name) && secrets.withdrawn(name));
      if (!secret) removed.push(...this.#miss(name));
      else {
        found.push(secret);
        this.#toldMissing.delete(name);
        if (this.#known.get(name) !== secret.version) changed.push(secret);
        this.#known.set(name, secret.version);
      }
    }
    const missing = names.filter((name) => !secrets.find(name));
    if (changed.length === 0 && removed.length === 0) return { missing, outgoing: undefined };
    this.#nonce++;
    const answer = { version: versionOfAll(found), nonce: String(this.#nonce), secrets: changed };
    const message = deltaDiscoveryResponse(answer, removed);
    return { missing, outgoing: { message, secrets: changed } };
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
