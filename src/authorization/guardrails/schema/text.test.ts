import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadCedar } from '../language/index.ts';
import { CALL, ENTITY_TYPES } from '../names.ts';
import { arbitraryCall, arbitraryContext } from '../testing/calls.ts';
import {
  cedarSchemaText,
  endpointEntityJson,
  guardedEndpointId,
  serviceEntityJson,
  toGuardedEndpoint,
} from './index.ts';

it('is published as it is', async () => {
  await expect(cedarSchemaText()).toMatchFileSnapshot('../../../../docs/reeve.cedarschema');
});

it('is one that Cedar takes, without a warning', () => {
  expect(loadCedar().schemaToJson(cedarSchemaText())).toMatchObject({
    type: 'success',
    warnings: [],
  });
});

it('describes the entities and requests that guardrails are asked about', () => {
  fc.assert(
    fc.property(arbitraryCall, arbitraryContext, (call, context) => {
      const id = guardedEndpointId(call.callee, call.endpoint);
      const services = [...new Set([call.caller, call.callee])];
      const answer = loadCedar().isAuthorized({
        principal: { type: ENTITY_TYPES.service, id: call.caller.id },
        action: { type: ENTITY_TYPES.action, id: CALL },
        resource: { type: ENTITY_TYPES.endpoint, id },
        context: { ...context },
        schema: cedarSchemaText(),
        validateRequest: true,
        policies: { staticPolicies: {} },
        entities: [
          ...services.map(serviceEntityJson),
          endpointEntityJson(id, toGuardedEndpoint(call, context)),
        ] as never,
      });
      expect(answer).toMatchObject({ type: 'success', warnings: [] });
    }),
    { numRuns: 200 },
  );
});
