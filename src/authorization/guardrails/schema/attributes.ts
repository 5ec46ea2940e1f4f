import type { GuardContext, PolicyEndpoint, PolicyService } from '../../model/index.ts';

/** What an attribute is: its type in Cedar, whether every entity has it, what to tell of it, and where it is from. */
export interface Attribute<Subject> {
  readonly type: 'String' | 'Bool' | 'Set<String>' | 'Service';
  readonly isOptional?: true;
  readonly doc: string;
  /** Undefined: the entity has no such attribute. Nothing to ask where the type is an entity. */
  readonly of: (subject: Subject) => string | boolean | readonly string[] | undefined;
}

/** An endpoint as guardrails see it. */
export interface GuardedEndpoint extends Omit<PolicyEndpoint, 'protocol'> {
  readonly protocol: string;
  readonly known: boolean;
}

/** What services and endpoints have alike. */
const ANSWERED_FOR: Readonly<
  Record<string, Attribute<Pick<PolicyService, 'owner' | 'criticality'>>>
> = {
  owner: {
    type: 'String',
    isOptional: true,
    doc: 'The team that answers for it.',
    of: ({ owner }) => owner,
  },
  criticality: {
    type: 'String',
    isOptional: true,
    doc: 'critical, high, medium or low.',
    of: ({ criticality }) => criticality,
  },
};

export const SERVICE_ATTRIBUTES: Readonly<Record<string, Attribute<PolicyService>>> = {
  name: { type: 'String', doc: 'Its name in its namespace.', of: ({ name }) => name },
  namespace: { type: 'String', doc: 'Its namespace.', of: ({ namespace }) => namespace },
  environment: { type: 'String', doc: 'Its environment.', of: ({ environment }) => environment },
  kind: { type: 'String', doc: 'workload, datastore or external.', of: ({ kind }) => kind },
  ...ANSWERED_FOR,
  sensitivity: {
    type: 'Set<String>',
    doc: 'What data it handles: pii, pci, phi, credentials, or words of your own.',
    of: ({ sensitivity }) => sensitivity,
  },
  exposure: { type: 'String', doc: 'internet or internal.', of: ({ exposure }) => exposure },
};

export const ENDPOINT_ATTRIBUTES: Readonly<Record<string, Attribute<GuardedEndpoint>>> = {
  service: { type: 'Service', doc: 'The service that is called.', of: () => undefined },
  protocol: {
    type: 'String',
    doc: 'http, grpc, graphql or event; of one that is not known, as the request has it.',
    of: ({ protocol }) => protocol,
  },
  method: {
    type: 'String',
    doc: 'GET, ANY, RPC, QUERY, PUBLISH …; of one that is not known, as the request has it.',
    of: ({ method }) => method,
  },
  template: {
    type: 'String',
    doc: 'Its path with {parameters}, field or topic; of one that is not known, as the request has it.',
    of: ({ template }) => template,
  },
  ...ANSWERED_FOR,
  sensitivity: {
    type: 'Set<String>',
    doc: 'What data it handles.',
    of: ({ sensitivity }) => sensitivity,
  },
  deprecated: { type: 'Bool', doc: 'It is to go.', of: ({ deprecated }) => deprecated },
  blocked: {
    type: 'Bool',
    doc: 'A person has decided that nobody may call it any more.',
    of: ({ blocked }) => blocked,
  },
  known: {
    type: 'Bool',
    doc: 'Somebody declares, configures, implements or calls it by name; false below a wildcard.',
    of: ({ known }) => known,
  },
};

export const CONTEXT_ATTRIBUTES: Readonly<Record<keyof GuardContext, Attribute<GuardContext>>> = {
  proof: {
    type: 'String',
    doc: 'How the caller has proved who it is: mtls or token.',
    of: ({ proof }) => proof,
  },
  protocol: {
    type: 'String',
    doc: 'http (gRPC, too), graphql or event.',
    of: ({ protocol }) => protocol,
  },
  method: { type: 'String', doc: 'As it was sent.', of: ({ method }) => method },
  path: {
    type: 'String',
    doc: 'As it was sent, its unreserved characters decoded, without a query; or field or topic.',
    of: ({ path }) => path,
  },
};
