import {
  type EndpointDecision,
  type EndpointFact,
  endpointId,
  type ServiceFact,
  type Source,
} from '../../estate/index.ts';
import { decisionToFact } from '../workflow-facts.ts';

/** A service by its id, for tests: declared, with a team. */
export function someService(id: string, more: Partial<ServiceFact> = {}): ServiceFact {
  const [environment = '', namespace = '', name = ''] = id.split('/');
  return {
    entity: 'service',
    id,
    environment,
    namespace,
    name,
    owner: { owner: `team-${name}`, rank: 'declaration' },
    source: { reader: 'test', how: 'declared' },
    ...more,
  };
}

/** What one source says of an endpoint, for tests. */
export function someEndpoint(
  how: Source['how'],
  { service, method, template }: Pick<EndpointFact, 'service' | 'method' | 'template'>,
  more: Partial<EndpointFact> = {},
): EndpointFact {
  return {
    entity: 'endpoint',
    id: endpointId(service, 'http', method, template),
    service,
    protocol: 'http',
    method,
    template,
    source: { reader: 'test', how, file: `${how}.yaml`, line: 1 },
    ...more,
  };
}

type Said = EndpointDecision extends infer Each ? Omit<Each, 'by' | 'at' | 'reason'> : never;

/** What Ada decided of an endpoint, for tests: on 10 May 2026. */
export function someDecision(
  id: string,
  said: object,
  at = '2026-05-10T00:00:00.000Z',
): EndpointFact {
  const who = { by: 'ada', at, reason: 'because' };
  return decisionToFact(id, { ...(said as Said), ...who } as EndpointDecision);
}
