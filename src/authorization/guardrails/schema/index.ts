/** What guardrails can speak of: Cedar's schema, and the entities of a policy as it describes them. */
export {
  type Attribute,
  CONTEXT_ATTRIBUTES,
  ENDPOINT_ATTRIBUTES,
  type GuardedEndpoint,
  SERVICE_ATTRIBUTES,
} from './attributes.ts';
export {
  endpointIdOf,
  guardedEndpointId,
  toGuardedEndpoint,
  unknownEndpointId,
} from './endpoint.ts';
export { type EntityJson, endpointEntityJson, serviceEntityJson } from './entities-json.ts';
export { type EntityName, parentsOfService } from './parents.ts';
export { cedarSchemaText } from './text.ts';
