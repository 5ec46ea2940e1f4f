import { compareText } from '../../../base/diagnostic.ts';
import {
  type Callee,
  calleesOf,
  cedarSchemaJson,
  cedarSchemaText,
  endpointEntityJson,
  endpointIdOf,
  serviceEntityJson,
  withId,
} from '../../guardrails/index.ts';
import type { Guardrail, PolicyService } from '../../model/index.ts';
import type { Compile, Notice } from '../compiled.ts';
import { permitsOf } from './permits.ts';
import { policyText } from './text.ts';

/** Beside what guardrails see: what a request is taken for. */
const TAKEN = {
  taken: {
    type: 'String',
    doc: 'The method that it goes by: GET for a HEAD where nothing known has HEAD at that path.',
  },
} as const;

const SCHEMA = cedarSchemaText(TAKEN);

const HEADER = `// Made by Reeve. A caller's service asks, with Reeve::Action::"call", for each of the nearest known endpoints of its
// request, or for the endpoint "SERVICE unknown" where none is known, which it adds to the entities with the method and
// path of its request. All must be permitted, and one of them must match the path with its case. Who proves an identity
// of several services asks for each: one of them must be permitted each endpoint, and none may be forbidden any. An
// answer with errors is a denial.
`;

/** A policy for Cedar's own evaluator: its policies, its schema and its entities. Of the rules nothing is taken, for
 *  Cedar has words for what they come from. */
export const compileCedar: Compile = (_rules, { policy }) => {
  const callees = calleesOf(policy);
  const permits = callees.map(permitsOf);
  const guardrails = policy.guardrails.toSorted((a, b) => compareText(a.id, b.id));
  const policies = [
    ...permits.flatMap((one) => one.policies),
    BLOCKED,
    ...guardrails.map(guardrailText),
  ];
  return {
    files: [
      { path: 'entities.json', text: jsonText(callees.flatMap(entitiesOf)) },
      { path: 'policies.cedar', text: `${HEADER}\n${policies.join('\n')}` },
      { path: 'schema.cedarschema', text: SCHEMA },
      { path: 'schema.json', text: schemaJsonText() },
    ],
    notices: [
      ...guardrails.flatMap(noticesOfGuardrail),
      ...callees.flatMap(({ service }) => noticesOfService(service)),
      ...permits.flatMap(({ notices }) => notices),
    ],
  };
};

const BLOCKED = policyText(
  { id: 'reeve:blocked-endpoint' },
  'forbid',
  { resource: 'is Reeve::Endpoint' },
  ['resource.blocked'],
);

/** As written; one that cannot be used denies every call here, too. */
function guardrailText({ id, text, json, problem }: Guardrail): string {
  if (json === undefined) {
    return policyText(
      { id, reason: problem ?? 'This guardrail cannot be used.' },
      'forbid',
      {},
      [],
    );
  }
  return `${withId(text, id)}\n`;
}

function noticesOfGuardrail({ id, json, file, line }: Guardrail): Notice[] {
  if (json !== undefined) return [];
  const source = { reader: 'guardrails', how: 'declared', file, line } as const;
  return [
    {
      effect: 'denied',
      message: `The guardrail ${id} cannot be used, so every call is forbidden.`,
      source,
    },
  ];
}

function noticesOfService({ id, mode }: PolicyService): Notice[] {
  if (mode === 'enforce') return [];
  const message =
    'It is in shadow mode, which Cedar knows nothing of: let calls to it through that the answer denies.';
  return [{ service: id, effect: 'denied', message }];
}

function entitiesOf({ service, endpoints }: Callee) {
  const all = endpoints.map(({ endpoint }) =>
    endpointEntityJson(endpointIdOf(endpoint), { ...endpoint, known: true }),
  );
  const byId = new Map(all.map((entity) => [entity.uid.id, entity]));
  const sorted = [...byId.values()].sort((a, b) => compareText(a.uid.id, b.uid.id));
  return [serviceEntityJson(service), ...sorted];
}

let schemaJson: string | undefined;

/** Always the same, and Cedar makes it. */
function schemaJsonText(): string {
  schemaJson ??= jsonText(cedarSchemaJson(SCHEMA));
  return schemaJson;
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
