import { type EndpointRecord, endpointId } from '../../estate/index.ts';

/** The record of one endpoint for tests: `GET /a`, declared. */
export function someRecord(overrides: Partial<EndpointRecord> = {}): EndpointRecord {
  const { service = 'prod/shop/orders', protocol = 'http', method = 'GET' } = overrides;
  const { template = '/a' } = overrides;
  return {
    id: endpointId(service, protocol, method, template),
    service,
    protocol,
    method,
    template,
    owner: undefined,
    criticality: undefined,
    sensitivity: [],
    deprecated: false,
    operational: false,
    security: undefined,
    fields: [],
    parameters: [],
    responses: [],
    doubt: undefined,
    decisions: [],
    sources: [{ reader: 'openapi', how: 'declared', file: 'openapi.yaml', line: 1 }],
    ...overrides,
  };
}
