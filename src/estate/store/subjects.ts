import type { Call, Credential, Endpoint, Service } from '../model.ts';
import type { JudgedEstate, OwnerSummary } from '../store.ts';

/** Finds what a finding's subject is, where it lies and who answers for it. */
export class Subjects {
  readonly #judged: JudgedEstate;
  readonly #services: ReadonlyMap<string, Service>;
  readonly #others: ReadonlyMap<string, Endpoint | Call | Credential>;

  constructor(judged: JudgedEstate) {
    this.#judged = judged;
    this.#services = byId(judged.services);
    this.#others = byId([...judged.endpoints, ...judged.calls, ...judged.credentials]);
  }

  /** Environment of any entity by its id; an id that is none of the estate's begins with it. */
  environmentOf(id: string): string | null {
    const other = this.#others.get(id);
    if (other === undefined) return this.#serviceEnvironment(id);
    const service = 'from' in other ? other.from : other.service;
    return service === null ? null : this.#serviceEnvironment(service);
  }

  #serviceEnvironment(id: string): string {
    return this.#services.get(id)?.environment ?? id.slice(0, `${id}/`.indexOf('/'));
  }

  /** Both ends answer for a call. */
  ownersOf(id: string): ReadonlySet<string> {
    const other = this.#others.get(id) ?? this.#services.get(id);
    const owners =
      other !== undefined && 'from' in other
        ? [this.#services.get(other.from)?.owner, this.#services.get(other.to)?.owner]
        : [other?.owner];
    return new Set(owners.filter((owner) => owner !== undefined && owner !== null));
  }

  environments(): ReadonlySet<string> {
    return new Set(this.#judged.services.map((service) => service.environment));
  }

  /** What each owner answers for. */
  owners(): readonly OwnerSummary[] {
    const counts = new Map<string, Record<CountName, number>>();
    const count = (owner: string | null, name: CountName) => {
      if (owner === null) return;
      const found = counts.get(owner) ?? { services: 0, endpoints: 0, credentials: 0, findings: 0 };
      found[name]++;
      counts.set(owner, found);
    };
    for (const name of ['services', 'endpoints', 'credentials'] as const) {
      for (const { owner } of this.#judged[name]) count(owner, name);
    }
    for (const { subject } of this.#judged.findings) {
      for (const owner of this.ownersOf(subject)) count(owner, 'findings');
    }
    return [...counts].map(([owner, found]) => ({ owner, ...found }));
  }
}

type CountName = 'services' | 'endpoints' | 'credentials' | 'findings';

function byId<Item extends { readonly id: string }>(
  items: readonly Item[],
): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [item.id, item]));
}
