import type { Location, Source } from '../../estate/index.ts';
import type { Place } from './model.ts';

/** What a service is known by. */
export interface Named {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
}

/** Calls services by their name alone where no other has it, and else with as much more as tells them apart. */
export class Words {
  readonly #names = new Map<string, string>();
  readonly #byPath = new Map<string, string>();

  constructor(services: Iterable<Named>) {
    const byId = new Map([...services].map((service) => [service.id, service]));
    const count = (textOf: (service: Named) => string) => {
      const counts = new Map<string, number>();
      for (const service of byId.values()) {
        counts.set(textOf(service), (counts.get(textOf(service)) ?? 0) + 1);
      }
      return (service: Named) => counts.get(textOf(service)) === 1;
    };
    const short = (service: Named) => service.name;
    const long = (service: Named) => `${service.namespace}/${service.name}`;
    const [isShort, isLong] = [count(short), count(long)];
    for (const service of byId.values()) {
      const { id } = service;
      const name = isShort(service) ? short(service) : isLong(service) ? long(service) : id;
      this.#names.set(id, name);
      this.#byPath.set(long(service), name);
    }
  }

  nameOf(id: string): string {
    return this.#names.get(id) ?? id;
  }

  /** Of `NAMESPACE/NAME`. */
  byPath(path: string): string {
    return this.#byPath.get(path) ?? path;
  }

  /** Who a policy of a mesh lets in, see `Permission`. */
  principal(from: string): string {
    if (from === '*') return 'every caller, with an identity or without';
    if (from === '*authenticated') return 'every workload with an identity';
    if (from === '*token') return 'every caller with a token';
    const [namespace, rest] = from.split('/');
    if (rest === '*') return `every workload of namespace ${namespace}`;
    return this.#names.get(from) ?? this.byPath(from);
  }
}

const SHOWN = 3;

/** `a, b, c and 4 more`. */
export function someOf(names: readonly string[], shown = SHOWN): string {
  const rest = names.length - shown;
  if (rest > 1) return `${names.slice(0, shown).join(', ')} and ${rest} more`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

export function placeOf(
  source: Partial<Source> | Location | undefined,
  state: Place['state'],
): Place | undefined {
  if (source?.file === undefined) return undefined;
  const { file, line, column } = source;
  return {
    state,
    file,
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  };
}

export function samePlace(a: Place | undefined, b: Place | undefined): boolean {
  return a?.state === b?.state && a?.file === b?.file && a?.line === b?.line;
}
