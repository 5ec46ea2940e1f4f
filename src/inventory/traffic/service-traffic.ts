import type { CallSighting, Party, Protocol, Sighting } from '../../estate/index.ts';
import type { Knowledge, LearnedEndpoint, Prior, TemplateLearner } from '../templates/port.ts';
import { type CallerSpan, Tally } from './tally.ts';

/** An operation that its source names by itself: a route, an RPC, a field, a topic. */
export interface NamedOperation {
  readonly protocol: Protocol;
  readonly method: string;
  readonly template: string;
  readonly tally: Tally;
}

/** An endpoint as traffic shows it, whatever it was learnt from. */
export interface ObservedEndpoint extends LearnedEndpoint {
  readonly protocol: Protocol;
}

/** All traffic of one party that was asked: operations that are named, and raw paths, from which
 *  templates are learnt. */
export class ServiceTraffic {
  readonly party: Party;
  readonly learner: TemplateLearner;
  readonly named: Map<string, NamedOperation>;
  /** Who asked for something that no source names. */
  readonly unnamed: Tally;
  readonly #maxNamed: number;

  constructor(
    party: Party,
    learner: TemplateLearner,
    maxNamed: number,
    named: readonly NamedOperation[] = [],
    unnamed = new Tally(),
  ) {
    this.party = party;
    this.learner = learner;
    this.unnamed = unnamed;
    this.#maxNamed = maxNamed;
    this.named = new Map(named.map((operation) => [nameOf(operation), operation]));
  }

  /** False where there are too many operations. */
  add(sighting: Sighting, method: string): boolean {
    const tally = this.#tallyOf(sighting, method);
    tally?.add(sighting);
    return tally !== undefined;
  }

  addCall({ caller, operation, at, count }: CallSighting, method: string): boolean {
    const tally = operation === undefined ? this.unnamed : this.#tallyOf(operation, method);
    tally?.addCall(caller, at, count);
    return tally !== undefined;
  }

  /** Everything that was asked for. What is named and what is learnt under the same template is one
   *  endpoint; a template that a route names is known to the learner. */
  endpoints(knowledge: Knowledge): ObservedEndpoint[] {
    const priors = [...this.#routes(), ...knowledge.priors];
    const found = new Map<string, ObservedEndpoint>();
    for (const { protocol, method, template, tally } of this.named.values()) {
      const endpoint = { protocol, method, template, tally, from: 'route', examples: [] } as const;
      found.set(nameOf(endpoint), endpoint);
    }
    if (this.learner.size === 0) return [...found.values()];
    for (const learned of this.learner.endpoints({ ...knowledge, priors })) {
      const endpoint = { ...learned, protocol: 'http' } as const;
      const name = nameOf(endpoint);
      const other = found.get(name);
      found.set(name, other === undefined ? endpoint : united(endpoint, other));
    }
    return [...found.values()];
  }

  #routes(): Prior[] {
    return [...this.named.values()].flatMap(({ protocol, method, template }) =>
      protocol === 'http' ? [{ from: 'route', method, template } as const] : [],
    );
  }

  #tallyOf(
    { protocol, path, route }: Pick<Sighting, 'protocol' | 'path' | 'route'>,
    method: string,
  ): Tally | undefined {
    if (protocol === 'http' && route === undefined) return this.learner.tallyOf(method, path);
    const operation = { protocol, method, template: route ?? path };
    const name = nameOf(operation);
    const known = this.named.get(name);
    if (known !== undefined) return known.tally;
    if (this.named.size >= this.#maxNamed) return undefined;
    const tally = new Tally();
    this.named.set(name, { ...operation, tally });
    return tally;
  }
}

function nameOf({ protocol, method, template }: Omit<NamedOperation, 'tally'>): string {
  return `${protocol} ${method} ${template}`;
}

function united(learned: ObservedEndpoint, named: ObservedEndpoint): ObservedEndpoint {
  const tally = new Tally();
  tally.merge(named.tally);
  tally.merge(learned.tally);
  return { ...learned, from: named.from, tally };
}

/** Callers, the most requests first. */
export function callersOf(tally: Tally): CallerSpan[] {
  return [...tally.callers.values()].sort(
    (a, b) => b.count - a.count || (a.party.key < b.party.key ? -1 : 1),
  );
}
