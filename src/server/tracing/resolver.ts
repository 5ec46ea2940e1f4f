import type { SpanOperation, SpanParty } from '../../estate/spans/index.ts';
import { generalise, TemplateMatcher } from '../../inventory/templates/matching/index.ts';
import { PartyNames } from '../../sources/attribution/index.ts';
import type { Resolver, TracedOperation } from '../../tracing/index.ts';
import type { ToldEstate } from './estate-view.ts';
import type { ServiceView } from './view.ts';

/** Answers that are remembered; above it, all are forgotten. */
const MAX_REMEMBERED = 50_000;
/** Operations of one service that nobody has a template for, by their own paths; those above it are one. */
const MAX_UNKNOWN = 500;
const OVERFLOW = '/{path...}';

/** Names in traffic, by what is known of the estate. What it remembers is bounded, whatever names come. */
export class EstateResolver implements Resolver {
  readonly #estate: ToldEstate;
  readonly #environment: string;
  #names: PartyNames | undefined;
  readonly #matchers = new Map<string, TemplateMatcher>();
  readonly #operations = new Map<string, TracedOperation>();
  /** Templates made of paths, by service. */
  readonly #unknown = new Map<string, Set<string>>();
  #unknownCount = 0;

  /** @param environment of names that say none */
  constructor(estate: ToldEstate, environment: string) {
    this.#estate = estate;
    this.#environment = environment;
  }

  /** Services are others than before. */
  changed(services: readonly ServiceView[], gone: readonly string[]): void {
    this.#names = undefined;
    this.#operations.clear();
    for (const { service } of services) this.#matchers.delete(service.id);
    for (const id of gone) this.#matchers.delete(id);
  }

  service(party: SpanParty): string {
    return this.#partyNames().idOf(party);
  }

  servicesOf(principal: string): readonly string[] {
    const known = this.#estate.policyWords.servicesOf(principal);
    if (known.length > 0) return known;
    const service = this.#partyNames().ofIdentity(principal);
    return service === undefined ? [] : [service];
  }

  endpoint(service: string, operation: SpanOperation): TracedOperation {
    const { protocol, method, path, route } = operation;
    const key = `${service} ${protocol} ${method} ${path} ${route ?? ''}`;
    const known = this.#operations.get(key);
    if (known !== undefined) return known;
    const template = this.#templateOf(service, operation);
    const found = { protocol, method, template };
    if (this.#operations.size >= MAX_REMEMBERED) this.#operations.clear();
    this.#operations.set(key, found);
    return found;
  }

  #templateOf(service: string, { protocol, method, path, route }: SpanOperation): string {
    if (protocol !== 'http') return path;
    const sent = path === '' ? (route ?? '/') : path;
    return (
      this.#matcherOf(service)?.match(method, sent) ??
      route ??
      this.#unknownTemplate(service, method, sent)
    );
  }

  #matcherOf(service: string): TemplateMatcher | undefined {
    const known = this.#matchers.get(service);
    const view = this.#estate.views.get(service);
    if (known !== undefined || view === undefined) return known;
    const matcher = new TemplateMatcher(
      view.endpoints
        .filter(({ protocol }) => protocol === 'http')
        .map(({ from, method, template }) => ({
          ...{ from, template },
          ...(method !== 'ANY' && { method }),
        })),
    );
    this.#matchers.set(service, matcher);
    return matcher;
  }

  #unknownTemplate(service: string, method: string, path: string): string {
    const template = generalise(path);
    const key = `${method} ${template}`;
    const own = this.#unknown.get(service) ?? new Set();
    if (own.has(key)) return template;
    if (own.size >= MAX_UNKNOWN) return OVERFLOW;
    this.#unknown.set(service, own.add(key));
    if (++this.#unknownCount >= MAX_REMEMBERED) {
      this.#unknown.clear();
      this.#unknownCount = 0;
    }
    return template;
  }

  #partyNames(): PartyNames {
    this.#names ??= new PartyNames(
      [...this.#estate.views.values()].map(({ names }) => names),
      this.#environment,
    );
    return this.#names;
  }
}
