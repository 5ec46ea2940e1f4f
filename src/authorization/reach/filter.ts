import { Fault, quote } from '../../base/fault.ts';
import { parseIpRange } from '../../base/ip-range.ts';
import type { Endpoint } from './endpoints.ts';
import { INGRESS_CONTROLLER } from './model.ts';

/** The endpoints that a filter means: `namespace/name`, `namespace/*`, a name, `external`, an address or CIDR block, or
 *  `{ingress-controller}`. Undefined lets all through.
 *  @throws {Fault} `reach/peer-not-found` */
export function filterEndpoints<One extends Endpoint>(
  endpoints: readonly One[],
  filter: string | undefined,
): readonly One[] {
  if (filter === undefined) return endpoints;
  const found = endpoints.filter(toTest(filter));
  if (found.length > 0) return found;
  throw new Fault('reach/peer-not-found', `${quote(filter, 200)} is none of those that are here`, {
    hint: 'use namespace/name or the name of a workload, `external`, an address, a CIDR block, or `{ingress-controller}`',
  });
}

function toTest(filter: string): (endpoint: Endpoint) => boolean {
  if (filter === 'external') return ({ type }) => type === 'source' || type === 'destination';
  if (filter === INGRESS_CONTROLLER.name) return ({ type }) => type === 'controller';
  const block = parseIpRange(filter);
  if (block) {
    return (one) =>
      (one.type === 'source' || one.type === 'destination') &&
      one.range.family === block.family &&
      one.range.first <= block.last &&
      block.first <= one.range.last;
  }
  return (one) => {
    if (one.type !== 'workload') return one.peer.name === filter;
    const { namespace, name } = one.workload;
    return filter === name || filter === one.peer.name || filter === `${namespace}/*`;
  };
}
