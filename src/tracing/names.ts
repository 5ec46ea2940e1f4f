import { z } from 'zod';
import type { Protocol } from '../estate/index.ts';
import { PROTOCOLS } from '../estate/sighting/index.ts';

/** What of the room for names is kept for what the estate vouches for, so that made-up names cannot take all of it. */
const KEPT_SHARE = 0.25;

/** Numbers for texts, dense and from 1; 0 is none. Bounded: what is over the bound gets no number, and is counted. */
export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [''];
  readonly #most: number;
  #refused = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** How many there are. */
  get size(): number {
    return this.#texts.length - 1;
  }
  /** How many were asked for that got no number. */
  get refused(): number {
    return this.#refused;
  }

  /** The number of a text, given to it now where it has none; 0 where there are too many.
   *  @param isVouchedFor asked where room is short: the last of it is for these */
  number(text: string, isVouchedFor?: () => boolean): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const open = isVouchedFor ? Math.ceil(this.#most * (1 - KEPT_SHARE)) : this.#most;
    if (this.size >= this.#most || (this.size >= open && !isVouchedFor?.())) {
      this.#refused++;
      return 0;
    }
    const number = this.#texts.push(text) - 1;
    this.#numbers.set(text, number);
    return number;
  }

  /** The number that a text has; 0 where it has none. */
  find(text: string): number {
    return this.#numbers.get(text) ?? 0;
  }

  text(number: number): string {
    return this.#texts[number] ?? '';
  }

  /** All texts by number; the first is ''. */
  get texts(): readonly string[] {
    return this.#texts;
  }
}

/** An endpoint as the call graph knows it. */
export interface TracedEndpoint {
  /** Number of its service. */
  readonly service: number;
  readonly protocol: Protocol;
  readonly method: string;
  readonly template: string;
}

export interface TracingLimits {
  readonly maxServices: number;
  readonly maxEndpoints: number;
  readonly maxPrincipals: number;
  readonly maxAddresses: number;
  readonly maxVersions: number;
}

/** All that the parts of tracing have numbers for. */
export class TracingNames {
  /** Service ids (`environment/namespace/name`); hosts outside the estate as `external/HOST`. */
  readonly services: Names;
  /** `PROTOCOL METHOD TEMPLATE` after the number of the service. */
  readonly endpoints: Names;
  readonly principals: Names;
  readonly addresses: Names;
  readonly versions: Names;
  readonly #endpoints: TracedEndpoint[] = [];
  readonly #isVouchedFor: ((service: string) => boolean) | undefined;

  /** @param isVouchedFor whether more than its own word says that a service exists; without it, no room is kept */
  constructor(limits: TracingLimits, isVouchedFor?: (service: string) => boolean) {
    this.#isVouchedFor = isVouchedFor;
    this.services = new Names(limits.maxServices);
    this.endpoints = new Names(limits.maxEndpoints);
    this.principals = new Names(limits.maxPrincipals);
    this.addresses = new Names(limits.maxAddresses);
    this.versions = new Names(limits.maxVersions);
  }

  /** The number of a service, as `Names.number` gives it. */
  service(id: string): number {
    const isVouchedFor = this.#isVouchedFor;
    return this.services.number(id, isVouchedFor && (() => isVouchedFor(id)));
  }

  endpoint(service: number, protocol: Protocol, method: string, template: string): number {
    const isVouchedFor = this.#isVouchedFor;
    const number = this.endpoints.number(
      `${service} ${protocol} ${method} ${template}`,
      isVouchedFor && (() => isVouchedFor(this.services.text(service))),
    );
    return this.#endpoint(number, service, protocol, method, template);
  }

  #endpoint(
    number: number,
    service: number,
    protocol: Protocol,
    method: string,
    template: string,
  ): number {
    if (number > 0) this.#endpoints[number] ??= { service, protocol, method, template };
    return number;
  }

  endpointOf(number: number): TracedEndpoint | undefined {
    return this.#endpoints[number];
  }

  /** All names in the order of their numbers, as JSON values. */
  snapshot(): NamesState {
    const { services, principals, addresses, versions } = this;
    return {
      services: services.texts.slice(1),
      principals: principals.texts.slice(1),
      addresses: addresses.texts.slice(1),
      versions: versions.texts.slice(1),
      endpoints: this.#endpoints
        .slice(1)
        .map(({ service, protocol, method, template }) => [service, protocol, method, template]),
    };
  }

  /** Under the numbers that they had. Where limits are lower than they were, the last ones are forgotten. */
  static restore(
    limits: TracingLimits,
    state: NamesState,
    isVouchedFor?: (service: string) => boolean,
  ): TracingNames {
    const names = new TracingNames(limits, isVouchedFor);
    for (const kind of ['services', 'principals', 'addresses', 'versions'] as const) {
      for (const text of state[kind]) names[kind].number(text);
    }
    for (const [service, protocol, method, template] of state.endpoints) {
      // who had a number keeps it, whatever is known of the estate by now
      const number = names.endpoints.number(`${service} ${protocol} ${method} ${template}`);
      names.#endpoint(number, service, protocol, method, template);
    }
    return names;
  }
}

const Texts = z.array(z.string());
export const NamesState = z.strictObject({
  services: Texts,
  principals: Texts,
  addresses: Texts,
  versions: Texts,
  endpoints: z.array(z.tuple([z.int().min(0), z.enum(PROTOCOLS), z.string(), z.string()])),
});
export type NamesState = z.infer<typeof NamesState>;
