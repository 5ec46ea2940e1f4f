import {
  compareDiagnostics,
  comparePlaces,
  compareText,
  type Diagnostic,
} from '../../base/diagnostic.ts';
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
import { enclosing, imageName, looseKey } from './names.ts';
import { nameServices } from './naming.ts';
import { ownersByPath } from './owners.ts';
import { type Named, Registry } from './registry.ts';
import { isExternal, Resolver } from './resolver.ts';

export { type NamedService, PartyNames } from './party-names.ts';
export { type AttributedTraffic, TrafficAttribution } from './traffic.ts';

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
    comparePlaces(a.source, b.source) ||
    compareText(a.kind, b.kind) ||
    compareText(canonicalJson(a), canonicalJson(b))
  );
}

class Attribution {
  readonly #options: AttributionOptions;
  readonly #observations: readonly Observation[];
  readonly #resolver: Resolver;
  readonly #ownerOf: ReturnType<typeof ownersByPath>;
  /** By the path of a folder or a specification. */
  readonly #sensitivity = new Map<string, readonly Tag[]>();
  readonly #facts: Fact[] = [];
  readonly #relics = new Map<string, Diagnostic>();

  constructor(observations: readonly Observation[], options: AttributionOptions) {
    this.#options = options;
    // Names are given as they come: what comes first must not hang on who reads first.
    this.#observations = [...observations].sort(compareObservations);
    const registry = new Registry(options.environment);
    nameServices(registry, options.known ?? [], this.#of('service'));
    this.#resolver = new Resolver(registry, this.#observations);
    this.#ownerOf = ownersByPath(this.#of('ownership'));
    for (const { folder, sensitivity } of this.#of('component')) {
      if (sensitivity) this.#sensitivity.set(folder, sensitivity);
    }
  }

  run(): Attributed {
    for (const observation of this.#of('service')) this.#service(observation);
    for (const observation of this.#of('endpoint')) this.#endpoint(observation);
    for (const observation of callsThatCodeReads(
      this.#of('call'),
      this.#of('variable-use'),
      (one) => this.#resolver.resolve(one),
    )) {
      this.#call(observation);
    }
    for (const observation of this.#of('weakness')) this.#weakness(observation);
    this.#credentials();
    this.#facts.push(...this.#resolver.interfaces.undeclared());
    this.#existence();
    return { facts: this.#facts, diagnostics: [...this.#relics.values()].sort(compareDiagnostics) };
  }

  #of<Kind extends Observation['kind']>(kind: Kind): Of<Kind>[] {
    return this.#observations.filter((one): one is Of<Kind> => one.kind === kind);
  }

  #service(observation: Of<'service'>): void {
    const { kind: _, subject, time: __, ...said } = observation;
    const service =
      subject.by === 'name'
        ? this.#resolver.resolveName(subject, observation.source.file)
        : this.#resolver.resolve(subject);
    if (!service && !isExternal(subject)) return;
    const about = factAbout(service ?? this.#resolver.resolveOrMake(subject));
    this.#facts.push({ ...about, ...said });
  }

  #endpoint(observation: Of<'endpoint'>): void {
    const { kind: _, subject, time: __, ...rest } = observation;
    const said = { ...rest, ...this.#sensitivityOf(observation) };
    if (subject.by === 'address' && subject.known && !this.#resolver.resolve(subject)) return;
    const { protocol, method, template } = observation;
    const services =
      subject.by === 'interface' ? this.#resolver.interfaces.servicesOf(subject.interface) : [];
    const byInterface = services.length > 0;
    const meant = byInterface
      ? services
      : [
          subject.by === 'interface'
            ? this.#ofInterface(subject)
            : this.#resolver.resolveOrMake(subject, observation.title),
        ];
    for (const service of meant) {
      if (!service) continue;
      const id = endpointId(service.id, protocol, method, template);
      this.#facts.push({ entity: 'endpoint', id, service: service.id, ...said });
      if (!byInterface || subject.by !== 'interface') continue;
      for (const source of this.#resolver.interfaces.sourcesOf(subject.interface, service)) {
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
      this.#resolver.registry.find({ name, ...near }) ??
      this.#resolver.registry
        .all()
        .filter((service) => looseKey(imageName(service.name)) === looseKey(name))[0] ??
      this.#resolver.places.serviceOf(subject.file) ??
      (this.#resolver.interfaces.areServed(subject.file)
        ? this.#relic(subject)
        : this.#resolver.byPathOrTitle(subject.file, name))
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
      this.#resolver.resolve(from) ??
      (from.by === 'name' ? this.#resolver.registry.add(from) : undefined);
    const target =
      this.#resolver.resolve(to) ?? (isExternal(to) ? this.#resolver.resolveOrMake(to) : undefined);
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

  #external(service: Named, { source }: Of<'call'>): void {
    this.#facts.push({ ...factAbout(service), serviceKind: 'external', source });
  }

  #weakness(observation: Of<'weakness'>): void {
    const { kind: _, subject, time: __, ...said } = observation;
    const service = subject && this.#resolver.resolve(subject);
    const id = service?.id ?? this.#options.environment;
    this.#facts.push({ entity: 'weakness', id, subject: id, ...said });
  }

  #credentials(): void {
    for (const { id, observation } of groupCredentials(
      this.#options.environment,
      this.#of('credential'),
    )) {
      const { kind: _, subject, time: __, ...said } = observation;
      const service = subject && this.#resolver.resolve(subject);
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
    for (const service of this.#resolver.registry.all()) {
      const { id } = service;
      const about = factAbout(service);
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
      const id = this.#resolver.places.serviceOf(folder)?.id;
      if (id !== undefined) sources.set(id, [...(sources.get(id) ?? []), source]);
    }
    return sources;
  }
}

function factAbout({ id, environment, namespace, name, isAnywhere }: Named) {
  const about = { entity: 'service', id, environment, namespace, name } as const;
  return isAnywhere ? { ...about, anywhere: true } : about;
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
