import { Hop } from '../hop.ts';
import type { Tables } from './tables.ts';

const NO_HOP = new Hop();

/** Reads what hops that come next will be judged by and teach, for all of them at once. */
export function bringNear(tables: Tables, hops: readonly Hop[], count: number): void {
  const { services, endpoints, principals, addresses, recent } = tables;
  const { edges, endpointEdges, orders, routes } = tables;
  for (let one = 0; one < count; one++) recent.expect((hops[one] ?? NO_HOP).parent);
  recent.bringNear();
  for (let one = 0; one < count; one++) {
    const { caller, callee, endpoint, principal, address, parent, isEntry } = hops[one] ?? NO_HOP;
    services.rows.expect(caller);
    services.rows.expect(callee);
    endpoints.expect(endpoint);
    principals.expect(principal);
    addresses.rows.expect(address);
    edges.table.expect(caller, callee);
    endpointEdges.table.expect(caller, endpoint);
    orders.table.expect(recent.endpoint(parent), endpoint);
    routes.table.expect(isEntry ? callee : recent.entry(parent), endpoint);
  }
  for (const rows of [services.rows, endpoints, principals, addresses.rows]) rows.bringNear();
  for (const { table } of [edges, endpointEdges, orders, routes]) table.bringNear();
}
