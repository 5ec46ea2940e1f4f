import { type ServiceRecord, type Subject, serviceId } from '../../estate/index.ts';
import { type Resolver, resolverOfTraffic } from './resolver.ts';

/** What services go by. */
export type NamedService = Pick<
  ServiceRecord,
  'id' | 'environment' | 'namespace' | 'name' | 'isAnywhere' | 'aliases' | 'images' | 'identities'
>;

/** Services by the names that traffic has for them, as `TrafficAttribution` finds them. It remembers nothing of what it
 *  is asked, so that forged names cost no memory. */
export class PartyNames {
  readonly #resolver: Resolver;
  readonly #environment: string;

  /** @param environment of names that say none */
  constructor(known: readonly NamedService[], environment: string) {
    this.#resolver = resolverOfTraffic(known, environment);
    this.#environment = environment;
  }

  /** The id of the service that is meant, or that a name gives itself; `external/HOST` for any other host, and
   *  `external/IDENTITY` for an identity of nobody's. */
  idOf(subject: Extract<Subject, { by: 'name' | 'address' | 'identity' }>): string {
    const found = this.#resolver.resolveSeen(subject);
    if (found !== undefined) return found.id;
    if (subject.by === 'address') return `external/${subject.host.toLowerCase()}`;
    if (subject.by === 'identity') return `external/${subject.identity}`;
    const { environment = this.#environment, namespace = 'default', name } = subject;
    return serviceId(environment, namespace, name);
  }

  /** The service that an identity is of, or is named after; undefined where it is of none, or of several. */
  ofIdentity(identity: string): string | undefined {
    return this.#resolver.registry.byIdentity(identity)?.id;
  }
}
