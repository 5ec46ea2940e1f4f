import { compareText } from '../../base/diagnostic.ts';
import { serviceId } from '../../estate/index.ts';
import { Identities } from './identities.ts';
import { imageName, looseKey, sharedDepth } from './names.ts';

/** A service as the registry knows it: one row of the estate in the making. */
export interface Named {
  readonly environment: string;
  readonly namespace: string;
  readonly name: string;
  readonly id: string;
  /** No source named a namespace: it may be deployed to any. */
  readonly isAnywhere: boolean;
  readonly aliases: Set<string>;
  readonly images: Set<string>;
  /** Files that speak of it. */
  readonly files: Set<string>;
}

export interface NameQuery {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly environment?: string | undefined;
  /** Of several namespaces, the one whose files lie nearest to this one is meant. */
  readonly near?: string | undefined;
}

/** Finds services by the many names they go by. Namespaces: an absent one fits any, and one that is said no other. */
export class Registry {
  readonly #environment: string;
  readonly #services = new Map<string, Named>();
  readonly #byName = new Index();
  readonly #byAlias = new Index();
  readonly #byImage = new Index();
  readonly #byLooseKey = new Index();
  readonly #identities = new Identities();

  constructor(environment: string) {
    this.#environment = environment;
  }

  all(): Named[] {
    return [...this.#services.values()].sort((a, b) => compareText(a.id, b.id));
  }

  /** By exact name. */
  exact(query: NameQuery): Named | undefined {
    return this.#choose(this.#byName.get(query.name.toLowerCase()), query);
  }

  /** All that go by a name, or else by an alias, that is written so. */
  namesakes(query: NameQuery): readonly Named[] {
    const name = query.name.toLowerCase();
    const found = this.#fitting(this.#byName.get(name), query);
    return found.length > 0 ? found : this.#fitting(this.#byAlias.get(name), query);
  }

  /** By exact name, then alias, then image, then loosely (when only one service fits). */
  find(query: NameQuery): Named | undefined {
    const name = query.name.toLowerCase();
    return (
      this.exact(query) ??
      this.#choose(this.#byAlias.get(name), query) ??
      this.#ofImage(imageName(name), query) ??
      this.#only(this.#byLooseKey.get(looseKey(query.name)), query)
    );
  }

  /** By name or alias only: what a host name resolves to. Of several workloads behind one alias, the
   *  one that is named so is meant. */
  byHost(query: NameQuery): Named | undefined {
    const name = query.name.toLowerCase();
    return (
      this.#choose(this.#byName.get(name), query) ?? this.#choose(this.#byAlias.get(name), query)
    );
  }

  /** By SPIFFE ID or Kubernetes account, see `Identities`. */
  byIdentity(identity: string): Named | undefined {
    return this.#identities.find(identity, (query) => this.find(query));
  }

  add(query: NameQuery): Named {
    const environment = query.environment ?? this.#environment;
    const namespace = query.namespace ?? 'default';
    const id = serviceId(environment, namespace, query.name);
    const known = this.#services.get(id);
    if (known) return known;
    const service: Named = {
      environment,
      namespace,
      name: query.name,
      id,
      isAnywhere: query.namespace === undefined,
      aliases: new Set(),
      images: new Set(),
      files: new Set(),
    };
    this.#services.set(id, service);
    this.#byName.add(query.name.toLowerCase(), service);
    this.#byLooseKey.add(looseKey(query.name), service);
    return service;
  }

  addAlias(service: Named, alias: string): void {
    service.aliases.add(alias);
    this.#byAlias.add(alias.toLowerCase(), service);
  }

  addImage(service: Named, image: string): void {
    service.images.add(image);
    this.#byImage.add(imageName(image).toLowerCase(), service);
  }

  addIdentity(service: Named, identity: string): void {
    this.#identities.add(service, identity);
  }

  /** Of several services that run one image, the one that the image is named after: `web` runs
   *  `acme/shop-web`, and so does the `robot` that tries it out. */
  #ofImage(image: string, query: NameQuery): Named | undefined {
    const found = this.#byImage.get(image);
    const namesakes = found.filter(({ name }) => image.endsWith(`-${name.toLowerCase()}`));
    return this.#only(found, query) ?? this.#only(namesakes, query);
  }

  #only(found: readonly Named[], query: NameQuery): Named | undefined {
    const fitting = this.#fitting(found, query);
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  #choose(found: readonly Named[], query: NameQuery): Named | undefined {
    const { near } = query;
    return this.#fitting(found, query)
      .map((service) => ({ service, depth: near === undefined ? 0 : nearness(service, near) }))
      .sort(
        (a, b) =>
          Number(a.service.isAnywhere) - Number(b.service.isAnywhere) ||
          b.depth - a.depth ||
          compareText(a.service.id, b.service.id),
      )[0]?.service;
  }

  #fitting(found: readonly Named[], { namespace, environment }: NameQuery): Named[] {
    return found.filter(
      (service) =>
        (namespace === undefined || service.namespace === namespace || service.isAnywhere) &&
        service.environment === (environment ?? this.#environment),
    );
  }
}

function nearness(service: Named, near: string): number {
  return Math.max(0, ...[...service.files].map((file) => sharedDepth(file, near)));
}

class Index {
  readonly #found = new Map<string, Named[]>();

  get(key: string): readonly Named[] {
    return this.#found.get(key) ?? [];
  }

  add(key: string, service: Named): void {
    const found = this.#found.get(key);
    if (!found) this.#found.set(key, [service]);
    else if (!found.includes(service)) found.push(service);
  }
}
