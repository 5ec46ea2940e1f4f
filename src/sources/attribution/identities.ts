import { looseKey } from './names.ts';
import type { Named, NameQuery } from './registry.ts';

/** How an identity names its workload, where nobody said whose it is. */
const CONVENTIONS: readonly {
  readonly pattern: RegExp;
  readonly query: (match: RegExpExecArray) => NameQuery;
  readonly because: string;
}[] = [
  {
    pattern: /^(?:spiffe:\/\/[^/]{1,255}\/)?ns\/([^/]{1,253})\/sa\/([^/]{1,253})$/,
    query: ([, namespace = '', name = '']) => ({ name, namespace }),
    because:
      'meshes on Kubernetes name the account, and most give each service one of its own name',
  },
  {
    pattern:
      /^spiffe:\/\/[^/]{1,255}\/(?:ap\/[^/]{1,253}\/)?ns\/([^/]{1,253})\/dc\/[^/]{1,253}\/svc\/([^/]{1,253})$/,
    // Consul without namespaces writes `default`, whatever namespace the service is in elsewhere.
    query: ([, namespace, name = '']) => ({
      name,
      ...(namespace !== 'default' && { namespace }),
    }),
    because: 'Consul names the service',
  },
  {
    pattern: /^spiffe:\/\/[^/]{1,255}\/([a-z0-9-]{1,63})_([a-z0-9-]{1,63})_svc(?:_\d{1,5})?$/,
    query: ([, name = '', namespace = '']) => ({ name, namespace }),
    because: 'Kuma names the Service of Kubernetes',
  },
  {
    pattern: /^spiffe:\/\/[^/]{1,255}\/([^/]{1,253})$/,
    query: ([, name = '']) => ({ name }),
    because: 'Kuma and many who register workloads by hand name the service alone',
  },
];

/** What any workload runs as that was given no account of its own: it says nothing of which one. */
const SHARED_ACCOUNT = 'default';
/** The trust domain of a mesh that was given none. */
const UNNAMED_DOMAIN = 'cluster.local';

/** Finds services by their SPIFFE IDs, and by the Kubernetes accounts (`ns/NAMESPACE/sa/NAME`) that they
 *  run as. */
export class Identities {
  readonly #services = new Map<string, Named[]>();
  readonly #trustDomains = new Set<string>();

  add(service: Named, identity: string): void {
    const services = this.#services.get(identity) ?? [];
    if (!services.includes(service)) this.#services.set(identity, [...services, service]);
    const domain = trustDomainOf(identity);
    if (domain !== undefined) this.#trustDomains.add(domain);
  }

  /** The service that is known to have the identity, or that the identity is named after. An account of
   *  several is the one's that is named as it. An identity of a foreign trust domain is nobody's here,
   *  whatever it is named after. */
  find(identity: string, byName: (query: NameQuery) => Named | undefined): Named | undefined {
    const exact = this.#services.get(identity);
    if (exact) return theOneOf(exact, identity);
    if (this.#isForeign(identity)) return undefined;
    const account = /(?:^|\/)(ns\/[^/]+\/sa\/[^/]+)$/.exec(identity)?.[1];
    const running = account === undefined ? undefined : this.#services.get(account);
    if (running) return theOneOf(running, identity);
    const query = queryOf(identity);
    return query && query.name !== SHARED_ACCOUNT ? byName(query) : undefined;
  }

  #isForeign(identity: string): boolean {
    const domain = trustDomainOf(identity);
    if (domain === undefined || domain === UNNAMED_DOMAIN) return false;
    return this.#trustDomains.size > 0 && !this.#trustDomains.has(domain);
  }
}

function theOneOf(services: readonly Named[], identity: string): Named | undefined {
  if (services.length === 1) return services[0];
  const name = queryOf(identity)?.name;
  if (name === undefined) return undefined;
  const alike = services.filter((service) => service.name === name);
  const loosely = services.filter((service) => looseKey(service.name) === looseKey(name));
  const [found, ...others] = alike.length > 0 ? alike : loosely;
  return others.length === 0 ? found : undefined;
}

function queryOf(identity: string): NameQuery | undefined {
  for (const { pattern, query } of CONVENTIONS) {
    const match = pattern.exec(identity);
    if (match) return query(match);
  }
  return undefined;
}

function trustDomainOf(identity: string): string | undefined {
  return /^spiffe:\/\/([^/]+)/.exec(identity)?.[1];
}
