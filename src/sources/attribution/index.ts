import { compareDiagnostics, compareText, type Diagnostic } from '../../base/diagnostic.ts';
import { quote } from '../../base/fault.ts';
import {
  callId,
  canonicalJson,
  endpointId,
  type Fact,
  type Observation,
  type ServiceRecord,
  type Source,
  type Subject,
  type Tag,
} from '../../estate/index.ts';
import { callsThatCodeReads } from './bundles.ts';
import { groupCredentials } from './credentials.ts';
import { Interfaces } from './interfaces.ts';
import { enclosing, imageName, looseKey, toSlug } from './names.ts';
import { ownersByPath } from './owners.ts';
import { Places } from './places.ts';
import { type Named, Registry } from './registry.ts';
import { Specifications } from './specifications.ts';

export interface AttributionOptions {
  /** The environment of everything that names none. */
  readonly environment: string;
  /** Services that the estate already has. */
  readonly known?: readonly ServiceRecord[];
}

export interface Attributed {
  readonly facts: readonly Fact[];
  readonly diagnostics: readonly Diagnostic[];
}

type Of<Kind extends Observation['kind']> = Extract<Observation, { kind: Kind }>;

/** Finds the service that each observation speaks of. The result depends on the set of observations
 *  only, not on their order. */
export function attribute(
  observations: readonly Observation[],
  options: AttributionOptions,
): Attributed {
  return new Attribution(observations, options).run();
}

/** By place, then by all that is said there. */
function compareObservations(a: Observation, b: Observation): number {
  return (
    compareText(a.source.file ?? '', b.source.file ?? '') ||
    (a.source.line ?? 0) - (b.source.line ?? 0) ||
    (a.source.column ?? 0) - (b.source.column ?? 0) ||
    compareText(a.kind, b.kind) ||
    compareText(canonicalJson(a), canonicalJson(b))
  );
}

/** Who names services, from the most to the least binding: what runs, what is declared, what is
 *  catalogued. A weaker source's name joins a stronger one's service where they mean the same. */
const NAMING_TIERS: readonly (readonly string[])[] = [
  ['kubernetes', 'istio', 'linkerd', 'kuma', 'cilium', 'otlp'],
  ['declarations'],
  ['compose'],
];

class Attribution {
  readonly #options: AttributionOptions;
  readonly #observations: readonly Observation[];
  readonly #registry: Registry;
  readonly #places: Places;
  readonly #interfaces: Interfaces;
  /** Made when the first specification asks for it. */
  #specifications: Specifications | undefined;
  readonly #ownerOf: ReturnType<typeof ownersByPath>;
  /** By the path of a folder or a specification. */
  readonly #sensitivity = new Map<string, readonly Tag[]>();
  readonly #facts: Fact[] = [];
  readonly #relics = new Map<string, Diagnostic>();

  constructor(observations: readonly Observation[], options: AttributionOptions) {
    this.#options = options;
    // Names are given as they come: what comes first must not hang on who reads first.
    this.#observations = [...observations].sort(compareObservations);
    this.#registry = new Registry(options.environment);
    this.#ownerOf = ownersByPath(this.#of('ownership'));
    this.#nameServices();
    this.#places = new Places(this.#registry, this.#of('component'));
    this.#bindPlaces();
    for (const { folder, sensitivity } of this.#of('component')) {
      if (sensitivity) this.#sensitivity.set(folder, sensitivity);
    }
    this.#interfaces = new Interfaces(this.#of('implementation'), this.#of('endpoint'), (subject) =>
      this.#resolve(subject),
    );
  }

  run(): Attributed {
    for (const observation of this.#of('service')) this.#service(observation);
    for (const observation of this.#of('endpoint')) this.#endpoint(observation);
    for (const observation of callsThatCodeReads(
      this.#of('call'),
      this.#of('variable-use'),
      (one) => this.#resolve(one),
    )) {
      this.#call(observation);
    }
    for (const observation of this.#of('weakness')) this.#weakness(observation);
    this.#credentials();
    this.#facts.push(...this.#interfaces.undeclared());
    this.#existence();
    return { facts: this.#facts, diagnostics: [...this.#relics.values()].sort(compareDiagnostics) };
  }

  #of<Kind extends Observation['kind']>(kind: Kind): Of<Kind>[] {
    return this.#observations.filter((one): one is Of<Kind> => one.kind === kind);
  }

  #nameServices(): void {
    for (const known of this.#options.known ?? []) {
      const service = this.#registry.add(known);
      for (const alias of known.aliases) this.#registry.addAlias(service, alias);
      for (const image of known.images) this.#registry.addImage(service, image);
    }
    const named = this.#of('service').filter(
      (one): one is Of<'service'> & { subject: { by: 'name' } } => one.subject.by === 'name',
    );
    const tierOf = (reader: string) => {
      const tier = NAMING_TIERS.findIndex((readers) => readers.includes(reader));
      return tier < 0 ? NAMING_TIERS.length : tier;
    };
    const sorted = named
      .map((observation) => ({ observation, tier: tierOf(observation.source.reader) }))
      .sort(
        (a, b) =>
          a.tier - b.tier ||
          Number(b.observation.subject.namespace !== undefined) -
            Number(a.observation.subject.namespace !== undefined) ||
          compareText(
            a.observation.subject.namespace ?? '',
            b.observation.subject.namespace ?? '',
          ) ||
          compareText(a.observation.subject.name, b.observation.subject.name) ||
          compareText(a.observation.source.file ?? '', b.observation.source.file ?? ''),
      );
    const namespaces = namespacesByName(named);
    for (const { observation, tier } of sorted) {
      const { name, namespace = onlyOne(namespaces.get(name)) } = observation.subject;
      const query = { ...observation.subject, namespace, near: observation.source.file };
      const service =
        (tier === 0 ? this.#registry.exact(query) : this.#registry.find(query)) ??
        this.#registry.add(query);
      if (observation.source.file) service.files.add(observation.source.file);
      for (const alias of observation.aliases ?? []) this.#registry.addAlias(service, alias);
      for (const image of observation.images ?? []) this.#registry.addImage(service, image);
    }
  }

  #bindPlaces(): void {
    const active = new Set<string>();
    for (const observation of this.#observations) {
      const file = activePlace(observation);
      if (file !== undefined)
        for (const folder of this.#places.foldersAround(file)) active.add(folder);
    }
    this.#places.bind((folder) => active.has(folder));
  }

  /** The service meant, or undefined where none is known. */
  #resolve(subject: Subject): Named | undefined {
    switch (subject.by) {
      case 'name':
        return this.#registry.find(subject) ?? this.#registry.find({ name: subject.name });
      case 'place':
        return this.#places.serviceOf(subject.file);
      case 'interface':
        return this.#interfaces.serverOf(subject.interface);
      case 'address':
        return this.#host(subject.host, subject.namespace);
    }
  }

  /** Kubernetes' search path: `name`, `name.namespace`, `name.namespace.svc…`; else an alias. */
  #host(host: string, namespace: string | undefined): Named | undefined {
    const plain = host.toLowerCase().replace(/\.$/, '');
    const whole =
      this.#registry.byHost({ name: plain, namespace }) ?? this.#registry.byHost({ name: plain });
    if (whole) return whole;
    const [name, inNamespace, zone] = plain.split('.');
    if (!name || !inNamespace || (zone !== undefined && zone !== 'svc')) return undefined;
    return this.#registry.byHost({ name, namespace: inNamespace });
  }

  /** As `#resolve`, and makes the service where the observation itself shows that it exists. */
  #resolveOrMake(subject: Subject, title?: string): Named {
    const found = this.#resolve(subject);
    if (found) return found;
    if (subject.by === 'name') return this.#registry.add(subject);
    if (subject.by === 'address') {
      return this.#registry.add({ name: subject.host.toLowerCase(), namespace: 'external' });
    }
    return this.#byPathOrTitle(subject.file, title);
  }

  /** A specification that lies in no service's folder: its own folders and name tell, then its title,
   *  then what it declares. Else a service of that title exists by declaration. */
  #byPathOrTitle(file: string, title: string | undefined): Named {
    const words = file
      .split('/')
      .reverse()
      .map((part) => part.replace(/\..*$/s, ''));
    for (const name of [
      ...words.filter((word) => word.length > 2),
      ...(title ? [toSlug(title)] : []),
    ]) {
      const found = this.#registry.find({ name, near: file });
      if (found) return found;
    }
    this.#specifications ??= new Specifications(this.#of('endpoint'), (one) => this.#resolve(one));
    const made = this.#specifications.serviceOf(file) ?? this.#places.serviceMade(file);
    if (made) return made;
    const folder = file.split('/').at(-2);
    const generic = /^(openapi|swagger|api|spec|schema|index|main|app|server|routes)$/i;
    const own = words[0] !== undefined && !generic.test(words[0]) ? words[0] : folder;
    return this.#registry.add({ name: title ? toSlug(title) : (own ?? words[0] ?? 'root') });
  }

  #service(observation: Of<'service'>): void {
    const { kind: _, subject, time: __, ...said } = observation;
    const service =
      subject.by === 'name'
        ? this.#resolveNear(subject, observation.source.file)
        : this.#resolve(subject);
    if (!service && !isExternal(subject)) return;
    const { id, environment, namespace, name } = service ?? this.#resolveOrMake(subject);
    this.#facts.push({ entity: 'service', id, environment, namespace, name, ...said });
  }

  #resolveNear(subject: Extract<Subject, { by: 'name' }>, near: string | undefined): Named {
    const query = { ...subject, near };
    return this.#registry.exact(query) ?? this.#registry.find(query) ?? this.#registry.add(query);
  }

  #endpoint(observation: Of<'endpoint'>): void {
    const { kind: _, subject, time: __, ...rest } = observation;
    const said = { ...rest, ...this.#sensitivityOf(observation) };
    if (subject.by === 'address' && subject.known && !this.#resolve(subject)) return;
    const { protocol, method, template } = observation;
    const services =
      subject.by === 'interface' ? this.#interfaces.servicesOf(subject.interface) : [];
    const byInterface = services.length > 0;
    const meant = byInterface
      ? services
      : [
          subject.by === 'interface'
            ? this.#ofInterface(subject)
            : this.#resolveOrMake(subject, observation.title),
        ];
    for (const service of meant) {
      if (!service) continue;
      const id = endpointId(service.id, protocol, method, template);
      this.#facts.push({ entity: 'endpoint', id, service: service.id, ...said });
      if (!byInterface || subject.by !== 'interface') continue;
      for (const source of this.#interfaces.sourcesOf(subject.interface, service)) {
        this.#facts.push({
          entity: 'endpoint',
          id,
          service: service.id,
          protocol,
          method,
          template,
          source,
        });
      }
    }
  }

  /** What a declaration says of all operations that a file of its service declares. */
  #sensitivityOf({ source, sensitivity }: Of<'endpoint'>): { sensitivity?: readonly Tag[] } {
    if (source.how !== 'declared' || source.file === undefined) return {};
    const declared = enclosing(source.file).flatMap((path) => this.#sensitivity.get(path) ?? []);
    return declared.length === 0 ? {} : { sensitivity: [...(sensitivity ?? []), ...declared] };
  }

  /** Nobody is seen to implement the interface: the service of the same name, or of the folder. In a
   *  file whose other interfaces are implemented, an interface of no such service is a relic. */
  #ofInterface(subject: Extract<Subject, { by: 'interface' }>): Named | undefined {
    const name = subject.interface.split('.').at(-1) ?? subject.interface;
    const near = { near: subject.file };
    return (
      this.#registry.find({ name, ...near }) ??
      this.#registry
        .all()
        .filter((service) => looseKey(imageName(service.name)) === looseKey(name))[0] ??
      this.#places.serviceOf(subject.file) ??
      (this.#interfaces.areServed(subject.file)
        ? this.#relic(subject)
        : this.#byPathOrTitle(subject.file, name))
    );
  }

  #relic({ interface: name, file }: Extract<Subject, { by: 'interface' }>): undefined {
    this.#relics.set(`${file}\n${name}`, {
      severity: 'note',
      code: 'attribution/interface-unserved',
      message: `declares ${quote(name)}, which no service implements or is named after, so it was left out`,
      file,
    });
    return undefined;
  }

  #call(observation: Of<'call'>): void {
    const { kind: _, from, to, time: __, variable: ___, ...said } = observation;
    const caller =
      this.#resolve(from) ?? (from.by === 'name' ? this.#registry.add(from) : undefined);
    const target = this.#resolve(to) ?? (isExternal(to) ? this.#resolveOrMake(to) : undefined);
    if (!caller || !target || caller === target) return;
    if (target.namespace === 'external') this.#external(target, observation);
    this.#facts.push({
      entity: 'call',
      id: callId(caller.id, target.id, observation.operation ?? '*'),
      from: caller.id,
      to: target.id,
      ...said,
    });
  }

  #external({ id, environment, namespace, name }: Named, { source }: Of<'call'>): void {
    this.#facts.push({
      entity: 'service',
      id,
      environment,
      namespace,
      name,
      serviceKind: 'external',
      source,
    });
  }

  #weakness(observation: Of<'weakness'>): void {
    const { kind: _, subject, time: __, ...said } = observation;
    const service = subject && this.#resolve(subject);
    const id = service?.id ?? this.#options.environment;
    this.#facts.push({ entity: 'weakness', id, subject: id, ...said });
  }

  #credentials(): void {
    for (const { id, observation } of groupCredentials(
      this.#options.environment,
      this.#of('credential'),
    )) {
      const { kind: _, subject, time: __, ...said } = observation;
      const service = subject && this.#resolve(subject);
      const owner = observation.owner ?? this.#ownerOf(observation.location?.file ?? '')?.claim;
      this.#facts.push({
        entity: 'credential',
        id,
        ...said,
        ...(owner && { owner }),
        ...(service && { service: service.id }),
      });
    }
  }

  /** Services that only a folder, an endpoint or a call speaks of exist too; and the files that
   *  speak of a service tell its owner. */
  #existence(): void {
    const sources = this.#sourcesOfFolders();
    const described = new Set<string>();
    const mentions = new Map<string, Source>();
    for (const fact of this.#facts) {
      if (fact.entity === 'service') described.add(fact.id);
      else for (const id of mentioned(fact)) keepFirst(mentions, id, fact.source);
    }
    for (const service of this.#registry.all()) {
      const { id, environment, namespace, name } = service;
      const about = { entity: 'service', id, environment, namespace, name } as const;
      const own = sources.get(id) ?? [];
      for (const source of own) this.#facts.push({ ...about, source });
      const files = own.length > 0 ? own.map((source) => source.file ?? '') : [...service.files];
      for (const file of files.sort()) {
        const owner = this.#ownerOf(file);
        if (owner) this.#facts.push({ ...about, owner: owner.claim, source: owner.source });
      }
      const mention = mentions.get(id);
      if (mention && own.length === 0 && !described.has(id)) {
        this.#facts.push({ ...about, source: mention });
      }
    }
  }

  #sourcesOfFolders(): Map<string, Source[]> {
    const sources = new Map<string, Source[]>();
    for (const { folder, source } of this.#of('component')) {
      const id = this.#places.serviceOf(folder)?.id;
      if (id !== undefined) sources.set(id, [...(sources.get(id) ?? []), source]);
    }
    return sources;
  }
}

/** The namespaces that any source names for a service of each name. */
function namespacesByName(
  named: readonly { subject: Extract<Subject, { by: 'name' }> }[],
): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { subject } of named) {
    if (subject.namespace === undefined) continue;
    found.set(subject.name, (found.get(subject.name) ?? new Set()).add(subject.namespace));
  }
  return found;
}

function onlyOne<Item>(items: ReadonlySet<Item> | undefined): Item | undefined {
  return items?.size === 1 ? [...items][0] : undefined;
}

function mentioned(fact: Fact): readonly string[] {
  if (fact.entity === 'call') return [fact.from, fact.to];
  return 'service' in fact && fact.service !== undefined ? [fact.service] : [];
}

/** Of several sources the first by text, so that the order of facts does not matter. */
function keepFirst(sources: Map<string, Source>, id: string, source: Source): void {
  const known = sources.get(id);
  if (!known || canonicalJson(source) < canonicalJson(known)) sources.set(id, source);
}

/** Hosts outside the estate become external services; names inside a cluster that nothing answers to
 *  do not. */
function isExternal(subject: Subject): boolean {
  if (subject.by === 'name') return true;
  if (subject.by !== 'address' || subject.known === true) return false;
  return subject.host.includes('.') && !/\.(svc|local|internal|cluster)(\.|$)/.test(subject.host);
}

/** The file whose folder an observation shows to be a running service. */
function activePlace(observation: Observation): string | undefined {
  const { kind } = observation;
  if (kind === 'endpoint' || kind === 'implementation') {
    return observation.subject.by === 'place' ? observation.subject.file : undefined;
  }
  return undefined;
}
