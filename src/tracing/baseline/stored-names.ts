import { z } from 'zod';
import { Protocol } from '../../estate/index.ts';
import type { TracingNames } from '../names.ts';
import type { Steps } from '../steps.ts';

/** Kinds of things that have numbers. */
export const NAME_KINDS = ['services', 'endpoints', 'principals', 'addresses', 'versions'] as const;
export type NameKind = (typeof NAME_KINDS)[number];

const Number32 = z.int().min(0).max(0xffffffff);
const Listed = z.strictObject({ numbers: z.array(Number32), texts: z.array(z.string()) });

/** Numbers are those of one run: names are kept by text, with the numbers that they had. */
export const StoredNames = z.strictObject({
  services: Listed,
  principals: Listed,
  addresses: Listed,
  versions: Listed,
  endpoints: z.strictObject({
    numbers: z.array(Number32),
    services: z.array(Number32),
    protocols: z.array(Protocol),
    methods: z.array(z.string()),
    templates: z.array(z.string()),
  }),
});
export type StoredNames = z.infer<typeof StoredNames>;

/** Numbers in use, by kind. */
export class UsedNumbers {
  readonly #used = new Map<NameKind, Set<number>>(NAME_KINDS.map((kind) => [kind, new Set()]));

  add(kind: NameKind, number: number): void {
    if (number !== 0) this.#used.get(kind)?.add(number);
  }
  of(kind: NameKind): Set<number> {
    return this.#used.get(kind) ?? new Set();
  }
}

/** Numbers that are looked up in one step. */
const STEP_NAMES = 8_192;

export function* storeNames(names: TracingNames, used: UsedNumbers): Steps<StoredNames> {
  const endpoints: StoredNames['endpoints'] = {
    ...{ numbers: [], services: [], protocols: [], methods: [], templates: [] },
  };
  for (const number of used.of('endpoints')) {
    const endpoint = names.endpointOf(number);
    if (endpoint === undefined) continue;
    used.add('services', endpoint.service);
    endpoints.services.push(endpoint.service);
    endpoints.protocols.push(endpoint.protocol);
    endpoints.methods.push(endpoint.method);
    endpoints.templates.push(endpoint.template);
    if (endpoints.numbers.push(number) % STEP_NAMES === 0) yield;
  }
  const listed = (kind: Exclude<NameKind, 'endpoints'>) => {
    const numbers = [...used.of(kind)];
    return { numbers, texts: numbers.map((number) => names[kind].text(number)) };
  };
  const services = listed('services');
  yield;
  const [principals, addresses, versions] = [
    listed('principals'),
    listed('addresses'),
    listed('versions'),
  ];
  return { services, principals, addresses, versions, endpoints };
}

/** What number each stored one is now; 0 stays 0, and what has no name any more is undefined. */
export type Renumber = (kind: NameKind, stored: number) => number | undefined;

export function renumber(names: TracingNames, stored: StoredNames): Renumber {
  const maps = new Map<NameKind, Map<number, number>>();
  for (const kind of NAME_KINDS) {
    if (kind === 'endpoints') continue;
    const { numbers, texts } = stored[kind];
    maps.set(
      kind,
      listMap(numbers, (place) => names[kind].number(texts[place] ?? '')),
    );
  }
  const { numbers, services, protocols, methods, templates } = stored.endpoints;
  const ofEndpoints = listMap(numbers, (place) => {
    const service = maps.get('services')?.get(services[place] ?? 0);
    const protocol = protocols[place];
    if (service === undefined || protocol === undefined) return 0;
    return names.endpoint(service, protocol, methods[place] ?? '', templates[place] ?? '');
  });
  maps.set('endpoints', ofEndpoints);
  return (kind, number) => (number === 0 ? 0 : maps.get(kind)?.get(number));
}

function listMap(numbers: readonly number[], now: (place: number) => number): Map<number, number> {
  const map = new Map<number, number>();
  numbers.forEach((number, place) => {
    const named = now(place);
    if (named !== 0) map.set(number, named);
  });
  return map;
}
