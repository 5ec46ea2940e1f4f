import type {
  ComponentObservation,
  EndpointObservation,
  Observation,
  Subject,
} from '../../estate/index.ts';
import { Interfaces } from './interfaces.ts';
import { toSlug } from './names.ts';
import { nameServices } from './naming.ts';
import type { NamedService } from './party-names.ts';
import { Places } from './places.ts';
import { type Named, Registry } from './registry.ts';
import { Specifications } from './specifications.ts';

/** Finds the service that a subject means, and makes one where an observation shows that it exists. */
export class Resolver {
  readonly registry: Registry;
  readonly places: Places;
  readonly interfaces: Interfaces;
  readonly #endpoints: readonly EndpointObservation[];
  /** Made when the first specification asks for it. */
  #specifications: Specifications | undefined;

  constructor(registry: Registry, observations: readonly Observation[]) {
    const of = <Kind extends Observation['kind']>(kind: Kind) =>
      observations.filter((one): one is Extract<Observation, { kind: Kind }> => one.kind === kind);
    this.registry = registry;
    this.#endpoints = of('endpoint');
    this.places = bindPlaces(registry, of('component'), observations);
    this.interfaces = new Interfaces(of('implementation'), this.#endpoints, (subject) =>
      this.resolve(subject),
    );
  }

  /** The service meant, or undefined where none is known. */
  resolve(subject: Subject): Named | undefined {
    switch (subject.by) {
      case 'name':
        return this.registry.find(subject);
      case 'place':
        return this.places.serviceOf(subject.file);
      case 'interface':
        return this.interfaces.serverOf(subject.interface);
      case 'address':
        return this.#host(subject.host, subject.namespace);
      case 'identity':
        return this.registry.byIdentity(subject.identity);
    }
  }

  /** As `resolve`, of traffic. Nothing tells which of several services a name means that comes without a namespace: it is
   *  the one in `default`, or none of them. */
  resolveSeen(subject: Subject): Named | undefined {
    const namesakes =
      subject.by === 'name' && subject.namespace === undefined
        ? this.registry.namesakes(subject)
        : [];
    if (namesakes.length < 2) return this.resolve(subject);
    return namesakes.find(({ namespace }) => namespace === 'default');
  }

  /** Kubernetes' search path: `name`, `name.namespace`, `name.namespace.svc…`; else an alias. */
  #host(host: string, namespace: string | undefined): Named | undefined {
    const plain = host.toLowerCase().replace(/\.$/, '');
    const whole =
      this.registry.byHost({ name: plain, namespace }) ?? this.registry.byHost({ name: plain });
    if (whole) return whole;
    const [name, inNamespace, zone] = plain.split('.');
    if (!name || !inNamespace || (zone !== undefined && zone !== 'svc')) return undefined;
    return this.registry.byHost({ name, namespace: inNamespace });
  }

  /** As `resolve`, and makes the service where the observation itself shows that it exists. */
  resolveOrMake(subject: Subject, title?: string): Named {
    const found = this.resolve(subject);
    if (found) return found;
    if (subject.by === 'name') return this.registry.add(subject);
    if (subject.by === 'address') {
      return this.registry.add({ name: subject.host.toLowerCase(), namespace: 'external' });
    }
    if (subject.by === 'identity') {
      return this.registry.add({ name: subject.identity, namespace: 'external' });
    }
    return this.byPathOrTitle(subject.file, title);
  }

  /** A specification that lies in no service's folder: its own folders and name tell, then its title,
   *  then what it declares. Else a service of that title exists by declaration. */
  byPathOrTitle(file: string, title: string | undefined): Named {
    const words = file
      .split('/')
      .reverse()
      .map((part) => part.replace(/\..*$/s, ''));
    for (const name of [
      ...words.filter((word) => word.length > 2),
      ...(title ? [toSlug(title)] : []),
    ]) {
      const found = this.registry.find({ name, near: file });
      if (found) return found;
    }
    this.#specifications ??= new Specifications(this.#endpoints, (one) => this.resolve(one));
    const made = this.#specifications.serviceOf(file) ?? this.places.serviceMade(file);
    if (made) return made;
    const folder = file.split('/').at(-2);
    const generic = /^(openapi|swagger|api|spec|schema|index|main|app|server|routes)$/i;
    const own = words[0] !== undefined && !generic.test(words[0]) ? words[0] : folder;
    return this.registry.add({ name: title ? toSlug(title) : (own ?? words[0] ?? 'root') });
  }

  /** The service of a name, made where there is none; of several, the one whose files lie nearest. */
  resolveName(subject: Extract<Subject, { by: 'name' }>, near: string | undefined): Named {
    const query = { ...subject, near };
    return this.registry.exact(query) ?? this.registry.find(query) ?? this.registry.add(query);
  }
}

/** Finds the services that traffic means, among those that are known. */
export function resolverOfTraffic(known: readonly NamedService[], environment: string): Resolver {
  const registry = new Registry(environment);
  nameServices(registry, known, []);
  return new Resolver(registry, []);
}

/** A folder in which something is served can be a service by itself. */
function bindPlaces(
  registry: Registry,
  components: readonly ComponentObservation[],
  observations: readonly Observation[],
): Places {
  const places = new Places(registry, components);
  const active = new Set<string>();
  for (const observation of observations) {
    const file = activePlace(observation);
    if (file === undefined) continue;
    for (const folder of places.foldersAround(file)) active.add(folder);
  }
  places.bind((folder) => active.has(folder));
  return places;
}

/** The file whose folder an observation shows to be a running service. */
function activePlace(observation: Observation): string | undefined {
  const { kind } = observation;
  if (kind === 'endpoint' || kind === 'implementation') {
    return observation.subject.by === 'place' ? observation.subject.file : undefined;
  }
  return undefined;
}

/** Hosts outside the estate become external services; names inside a cluster that nothing answers to
 *  do not. */
export function isExternal(subject: Subject): boolean {
  if (subject.by === 'name') return true;
  if (subject.by !== 'address' || subject.known === true) return false;
  return subject.host.includes('.') && !/\.(svc|local|internal|cluster)(\.|$)/.test(subject.host);
}
