import { callId, endpointId, type Fact, type Source } from '../../src/estate/index.ts';
import { estateOf } from './decision-estate.ts';

/** Each service calls two others, two operations of each, and offers twenty. */
const CALLS = [2, 2];

/** An estate of so many services as facts that a scan has left in a store. */
export function factsOfEstate(count: number): Fact[] {
  const { services, endpoints, grants } = estateOf(count, CALLS);
  return [
    ...services.map(({ id, environment, namespace, name, owner = '' }): Fact => {
      const source = said('declarations', `${id}/reeve.yaml`);
      const runsAs = { selectors: [`k8s:ns:${namespace}`, `k8s:sa:${name}`], federatesWith: [] };
      return {
        ...{ entity: 'service', id, environment, namespace, name, source, runsAs },
        ...{ serviceKind: 'workload', declaresCalls: true, owner: { owner, rank: 'declaration' } },
      };
    }),
    ...endpoints.map(({ service, protocol, method, template }): Fact => {
      const id = endpointId(service, protocol, method, template);
      const source = said('openapi', `${service}/openapi.yaml`);
      return { entity: 'endpoint', id, service, protocol, method, template, source };
    }),
    ...grants.map(({ from, to, operation, source }): Fact => {
      const id = callId(from, to, operation);
      return { entity: 'call', id, from, to, operation, evidence: 'declared', source };
    }),
  ];
}

const said = (reader: string, file: string): Source => ({ reader, how: 'declared', file, line: 3 });
