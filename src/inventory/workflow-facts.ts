import { Fault, quote } from '../base/fault.ts';
import {
  type EndpointDecision,
  type EndpointFact,
  PROTOCOLS,
  type Protocol,
} from '../estate/index.ts';

/** `service-id protocol METHOD template`: names of services may hold spaces, protocols are few. */
const ENDPOINT_ID = new RegExp(`^(.+?) (${PROTOCOLS.join('|')}) (\\S+) (.+)$`, 's');

/** What a decision about an endpoint says to the judges: a fact of the scope `decisions`. It makes the
 *  endpoint declared where the decision is to adopt it; every other decision only says what should
 *  become of an endpoint that others know.
 *  @throws {Fault} `inventory/endpoint-id-malformed` */
export function decisionToFact(endpointId: string, decision: EndpointDecision): EndpointFact {
  const [, service, protocol, method, template] = ENDPOINT_ID.exec(endpointId) ?? [];
  if (!service || !protocol || !method || !template) {
    throw new Fault('inventory/endpoint-id-malformed', `${quote(endpointId)} is no endpoint`, {
      hint: 'name it as the list does: `SERVICE-ID http GET /orders/{id}`',
    });
  }
  return {
    entity: 'endpoint',
    id: endpointId,
    service,
    protocol: protocol as Protocol, // the expression allows no other
    method,
    template,
    decision,
    source: { reader: 'person', how: 'declared' },
  };
}
