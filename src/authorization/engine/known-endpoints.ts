import type { PolicyEndpoint, PolicyService } from '../model/index.ts';
import { operationText } from '../operations/index.ts';
import { isBefore, type KnownOperation } from './callee-builder.ts';
import { EVERY } from './methods.ts';
import type { OperationCache } from './operation-cache.ts';
import type { Tables } from './tables.ts';

/** What stands at a spot, for guardrails to see and for people to read. */
export class KnownEndpoints {
  readonly #tables: Tables;
  readonly #cache: OperationCache;
  /** By spot, of those that only grants know of. */
  readonly #granted = new Map<number, PolicyEndpoint>();

  constructor(tables: Tables, cache: OperationCache) {
    this.#tables = tables;
    this.#cache = cache;
  }

  /** The endpoints at a spot, those of every method at its path included; one that has what its service has, where
   *  only grants know of it. */
  at(spot: number, callee: PolicyService): readonly PolicyEndpoint[] {
    const endpoints = this.#endpointsAt(spot);
    if (endpoints.length > 0) return endpoints;
    const known = this.#granted.get(spot);
    if (known) return [known];
    const made = this.#toEndpoint(spot, callee);
    this.#granted.set(spot, made);
    return [made];
  }

  isBlocked(spot: number): boolean {
    return this.#endpointsAt(spot).some(({ blocked }) => blocked);
  }

  /** `GET /orders/{id}`, with the method that is asked for. */
  textOf(spot: number, method: string): string {
    const endpoints = this.#endpointsAt(spot).flatMap((one) => this.#cache.ofEndpoint(one) ?? []);
    const granted = this.#grantedAt(spot);
    const known = endpoints.flatMap((one) => (one.kind === 'every' ? [] : one));
    const first = (known.length > 0 ? known : granted).reduce(firstOf);
    return first.kind === 'named'
      ? `${method} ${first.name}`
      : operationText(method, first.path.text, first.isRpc);
  }

  #endpointsAt(spot: number): readonly PolicyEndpoint[] {
    const { endpoints } = this.#tables.callees.spots;
    const own = endpoints[spot] ?? [];
    const ofEvery = this.#everySpotOf(spot);
    return ofEvery === spot ? own : [...own, ...(endpoints[ofEvery] ?? [])];
  }

  #grantedAt(spot: number): readonly KnownOperation[] {
    const { granted } = this.#tables.callees.spots;
    const of = [...new Set([spot, this.#everySpotOf(spot)])];
    return of.flatMap((one) => granted[one] ?? []);
  }

  /** The spot for every method at the same path; the spot itself where there is none. */
  #everySpotOf(spot: number): number {
    const { spots, paths } = this.#tables.callees;
    const path = spots.paths[spot] ?? -1;
    const first = path === -1 ? spot : (paths.firstSpot[path] ?? spot);
    return spots.methods[first] === EVERY ? first : spot;
  }

  #toEndpoint(spot: number, callee: PolicyService): PolicyEndpoint {
    const { owner, criticality, sensitivity } = callee;
    const first = this.#grantedAt(spot).reduce(firstOf);
    return {
      service: callee.id,
      ...this.#spell(first, spot),
      owner,
      criticality,
      sensitivity,
      deprecated: false,
      blocked: false,
    };
  }

  #spell(
    operation: KnownOperation,
    spot: number,
  ): Pick<PolicyEndpoint, 'protocol' | 'method' | 'template'> {
    if (operation.kind === 'named') {
      return { protocol: operation.protocol, method: operation.method, template: operation.name };
    }
    const template = operation.path.text;
    if (operation.isRpc) return { protocol: 'grpc', method: 'RPC', template };
    const { methods, callees } = this.#tables;
    const method = callees.spots.methods[spot] ?? EVERY;
    return {
      protocol: 'http',
      method: method === EVERY ? 'ANY' : methods.nameOf(method),
      template,
    };
  }
}

const firstOf = (a: KnownOperation, b: KnownOperation): KnownOperation => (isBefore(b, a) ? b : a);
