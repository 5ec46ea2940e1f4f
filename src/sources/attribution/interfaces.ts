import { compareText } from '../../base/diagnostic.ts';
import {
  type EndpointFact,
  type EndpointObservation,
  endpointId,
  type ImplementationObservation,
  type Source,
  type Subject,
} from '../../estate/index.ts';
import type { Named } from './registry.ts';

interface Implementer {
  readonly service: Named;
  readonly source: Source;
  readonly interface: string;
}

/** Services of the platform itself, which every gRPC server may register. */
const PLATFORM = /^(grpc\.(health|reflection)\..*|Health|ServerReflection|Reflection|Channelz)$/;

/** Which services implement which interfaces. Code often names an interface without its package:
 *  such a name means the declared interface that ends with it. */
export class Interfaces {
  readonly #byFullName = new Map<string, Implementer[]>();
  readonly #undeclared: Implementer[] = [];
  readonly #declared: ReadonlySet<string>;
  /** Files that declare an interface which somebody implements. */
  readonly #servedFiles: ReadonlySet<string>;

  constructor(
    implementations: readonly ImplementationObservation[],
    endpoints: readonly EndpointObservation[],
    resolve: (subject: Subject) => Named | undefined,
  ) {
    const declared = new Set(
      endpoints.flatMap(({ subject }) => (subject.by === 'interface' ? [subject.interface] : [])),
    );
    this.#declared = declared;
    for (const { subject, source, interface: name } of implementations) {
      const service = resolve(subject);
      if (!service || PLATFORM.test(name)) continue;
      const meant = fullNames(name, declared);
      const implementer = { service, source, interface: name };
      if (meant.length === 0) this.#undeclared.push(implementer);
      for (const full of meant) {
        this.#byFullName.set(full, [...(this.#byFullName.get(full) ?? []), implementer]);
      }
    }
    this.#servedFiles = new Set(
      endpoints.flatMap(({ subject }) =>
        subject.by === 'interface' && this.#byFullName.has(subject.interface) ? [subject.file] : [],
      ),
    );
  }

  /** Whether somebody implements an interface that this file declares. */
  areServed(file: string): boolean {
    return this.#servedFiles.has(file);
  }

  /** The one service that implements an interface, which may be named without its package; undefined
   *  where it is declared nowhere, or several services implement it. */
  serverOf(name: string): Named | undefined {
    const services = new Set(
      fullNames(name, this.#declared).flatMap((full) => this.servicesOf(full)),
    );
    return services.size === 1 ? [...services][0] : undefined;
  }

  servicesOf(interfaceName: string): Named[] {
    const found = this.#byFullName.get(interfaceName) ?? [];
    return [...new Set(found.map(({ service }) => service))].sort((a, b) =>
      compareText(a.id, b.id),
    );
  }

  sourcesOf(interfaceName: string, service: Named): Source[] {
    const found = this.#byFullName.get(interfaceName) ?? [];
    return found.filter((one) => one.service === service).map(({ source }) => source);
  }

  /** Interfaces that are implemented but declared nowhere: their methods cannot be told. */
  undeclared(): EndpointFact[] {
    return this.#undeclared.map(({ service, source, interface: name }) => {
      const about = { protocol: 'grpc', method: 'RPC', template: `/${name}/*` } as const;
      const id = endpointId(service.id, about.protocol, about.method, about.template);
      return { entity: 'endpoint', id, service: service.id, ...about, source };
    });
  }
}

function fullNames(name: string, declared: ReadonlySet<string>): string[] {
  if (declared.has(name)) return [name];
  const last = name.split('.').at(-1) ?? name;
  return [...declared].filter((full) => full.split('.').at(-1) === last);
}
