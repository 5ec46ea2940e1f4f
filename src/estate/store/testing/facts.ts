import fc from 'fast-check';
import type {
  CallFact,
  CredentialFact,
  EndpointFact,
  Fact,
  ServiceFact,
  WeaknessFact,
} from '../../fact.ts';
import { AUTHENTICATIONS, CRITICALITIES, callId, endpointId, HOW, serviceId } from '../../model.ts';
import { OWNER_RANKS } from '../../observation.ts';

/** Facts about a small estate, so that many speak of the same entity; some of their texts are hostile
 *  (NUL, lone surrogates, quotes). */
const name = fc.constantFrom('orders', 'payments', 'web');
const service = name.map((text) => serviceId('production', 'shop', text));
const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'pii') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\0', '\ud800', '\udc00x', '\ufffd0000', '\'"\\{}', '😀'),
  },
);
const texts = fc.array(text, { maxLength: 3 });
const source = fc.record(
  { reader: text, how: fc.constantFrom(...HOW), file: text, line: fc.integer({ min: 1, max: 9 }) },
  { requiredKeys: ['reader', 'how'] },
);
const owner = fc.record({ owner: text, rank: fc.constantFrom(...OWNER_RANKS) });
const tags = fc.array(fc.record({ tag: text, because: text }), { maxLength: 2 });
const criticality = fc.constantFrom(...CRITICALITIES);

const serviceFact: fc.Arbitrary<ServiceFact> = fc
  .record(
    {
      name,
      source,
      owner,
      criticality,
      sensitivity: tags,
      aliases: texts,
      images: texts,
      identity: text,
      serviceKind: fc.constantFrom('workload', 'datastore', 'external'),
      declaresCalls: fc.boolean(),
      retired: fc.boolean(),
    },
    { requiredKeys: ['name', 'source'] },
  )
  .map((said) => ({
    entity: 'service',
    id: serviceId('production', 'shop', said.name),
    environment: 'production',
    namespace: 'shop',
    ...said,
  }));

const endpointFact: fc.Arbitrary<EndpointFact> = fc
  .record(
    {
      service,
      template: fc.constantFrom('/orders', '/orders/{id}', '/\0'),
      source,
      owner,
      criticality,
      sensitivity: tags,
      fields: texts,
      deprecated: fc.boolean(),
      operational: fc.boolean(),
      security: fc.constantFrom('required', 'none'),
    },
    { requiredKeys: ['service', 'template', 'source'] },
  )
  .map((said) => ({
    entity: 'endpoint',
    id: endpointId(said.service, 'http', 'GET', said.template),
    protocol: 'http',
    method: 'GET',
    ...said,
  }));

const callFact: fc.Arbitrary<CallFact> = fc
  .record(
    {
      from: service,
      to: service,
      operation: fc.constantFrom('*', 'GET /orders'),
      source,
      evidence: text,
      authentication: fc.constantFrom(...AUTHENTICATIONS),
      port: fc.integer({ min: 1, max: 3 }),
    },
    { requiredKeys: ['from', 'to', 'operation', 'source', 'evidence'] },
  )
  .map((said) => ({ entity: 'call', id: callId(said.from, said.to, said.operation), ...said }));

const credentialFact: fc.Arbitrary<CredentialFact> = fc
  .record(
    {
      id: fc.constantFrom('credential-1', 'credential-2'),
      service,
      name: text,
      credentialKind: fc.constantFrom('secret', 'postgres', 'aws-access-key', 'password'),
      keys: fc.array(fc.constantFrom('value:1', 'secret:shop/db#password'), { maxLength: 2 }),
      source,
      owner,
      location: fc.record({ file: text, in: fc.constantFrom('env', 'code', 'secret') }),
      fingerprint: text,
      rotation: text,
      lastRotated: text,
      expires: text,
      problems: texts,
    },
    { requiredKeys: ['id', 'name', 'credentialKind', 'keys', 'source'] },
  )
  .map((said) => ({ entity: 'credential', ...said }));

/** What is said of credentials that others know. */
const remark: fc.Arbitrary<CredentialFact> = fc
  .record(
    {
      id: fc.constantFrom('credential-1', 'credential-3'),
      keys: fc.array(fc.constantFrom('value:1', 'id:credential-2'), { maxLength: 2 }),
      said: fc.oneof(
        fc.record({ revoked: text, refused: fc.constantFrom(['value:1'], ['api-key:1']) }),
        fc.record({ decision: fc.record({ owner: text, by: text, at: text, reason: text }) }),
      ),
      source,
      owner,
    },
    { requiredKeys: ['id', 'keys', 'said', 'source'] },
  )
  .map(({ said, ...about }) => ({
    ...{ entity: 'credential', name: 'x', credentialKind: 'secret', ...about },
    ...said,
  }));

const weaknessFact: fc.Arbitrary<WeaknessFact> = fc
  .record({ subject: service, control: text, object: text, message: text, source })
  .map((said) => ({ entity: 'weakness', id: `${said.control} ${said.subject}`, ...said }));

export const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  serviceFact,
  endpointFact,
  callFact,
  credentialFact,
  remark,
  weaknessFact,
);
