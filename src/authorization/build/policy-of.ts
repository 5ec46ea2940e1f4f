import { oncePer } from '../../base/once.ts';
import type {
  Call,
  Endpoint,
  JudgedEstate,
  Service,
  ServiceRecord,
  Source,
} from '../../estate/index.ts';
import type {
  EnforcementMode,
  Grant,
  Guardrail,
  Policy,
  PolicyEndpoint,
  PolicyService,
} from '../model/index.ts';
import { blockedTemplates } from './blocked.ts';

/** What a policy is made of. */
export interface PolicyParts {
  readonly estate: Pick<JudgedEstate, 'services' | 'endpoints' | 'calls'>;
  /** The services as their sources say them. */
  readonly records: readonly ServiceWords[];
  /** SPIFFE IDs by services. */
  readonly identities: ReadonlyMap<string, readonly string[]>;
  /** The names of all groups that services are in. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly guardrails: readonly Guardrail[];
  /** Of services that do not say it themselves. */
  readonly defaultMode: EnforcementMode;
}

type ServiceWords = Pick<ServiceRecord, 'id' | 'authorizationMode' | 'retired' | 'sensitivity'>;

/** The reader whose calls are permissions. What others say of calls, as a catalogue does, is knowledge. */
const GRANTING_READER = 'declarations';

/** The policy of a judged estate. Services that are retired neither call nor are called. */
export function policyOf(parts: PolicyParts): Policy {
  const { estate, records, guardrails } = parts;
  const { recordOf, services, ids } = inUse(estate.services)(records);
  const { endpoints, handled } = readEndpoints(estate.endpoints)(ids);
  return {
    services: services.map((service) =>
      toService(service, parts, recordOf.get(service.id), handled.get(service.id) ?? []),
    ),
    endpoints,
    grants: estate.calls.filter(({ from }) => ids.has(from)).flatMap(toGrants),
    guardrails,
  };
}

// Endpoints are most of a policy, and seldom what has changed: of the same lists they are the same list.

const inUse = oncePer((services: readonly Service[]) =>
  oncePer((records: readonly ServiceWords[]) => {
    const recordOf = new Map(records.map((record) => [record.id, record]));
    const used = services.filter(({ id }) => recordOf.get(id)?.retired !== true);
    return { recordOf, services: used, ids: new Set(used.map(({ id }) => id)) };
  }),
);

const readEndpoints = oncePer((endpoints: readonly Endpoint[]) =>
  oncePer((ids: ReadonlySet<string>) => ({
    endpoints: endpoints.filter((one) => ids.has(one.service) && isSure(one)).flatMap(toEndpoints),
    handled: sensitivityOfServices(endpoints),
  })),
);

function sensitivityOfServices(endpoints: readonly Endpoint[]): Map<string, string[]> {
  const handled = new Map<string, string[]>();
  for (const { service, sensitivity } of endpoints) {
    if (sensitivity.length === 0) continue;
    const tags = handled.get(service) ?? [];
    for (const { tag } of sensitivity) if (!tags.includes(tag)) tags.push(tag);
    handled.set(service, tags);
  }
  return handled;
}

function toService(
  service: Service,
  { identities, groups, defaultMode }: PolicyParts,
  record: ServiceWords | undefined,
  handled: readonly string[],
): PolicyService {
  const { id, environment, namespace, name, kind, exposure } = service;
  const declared = record?.sensitivity.map(({ tag }) => tag) ?? [];
  return {
    id,
    environment,
    namespace,
    name,
    kind,
    exposure,
    identities: identities.get(id) ?? [],
    owner: service.owner ?? undefined,
    criticality: service.criticality ?? undefined,
    sensitivity: [...new Set([...declared, ...handled])].sort(),
    groups: groups.get(id) ?? [],
    mode: record?.authorizationMode ?? defaultMode,
  };
}

/** What traffic alone has shown may be an endpoint no more tomorrow, so it takes nothing away from what is allowed;
 *  unless people have decided about it. */
function isSure(endpoint: Endpoint): boolean {
  const { declaredIn, configuredIn, implementedIn, blocked, decisions } = endpoint;
  return (
    blocked ||
    declaredIn.length + configuredIn.length + implementedIn.length > 0 ||
    decisions.some(({ action }) => action === 'adopt')
  );
}

function toEndpoints(endpoint: Endpoint): PolicyEndpoint[] {
  const { service, protocol, method, template, owner, criticality, deprecated, blocked } = endpoint;
  const templates = blocked && protocol === 'http' ? blockedTemplates(template) : [template];
  return templates.map((one) => ({
    service,
    protocol,
    method,
    template: one,
    owner: owner ?? undefined,
    criticality: criticality ?? undefined,
    sensitivity: endpoint.sensitivity.map(({ tag }) => tag).sort(),
    deprecated,
    blocked,
  }));
}

function toGrants({ from, to, operation, sources }: Call): Grant[] {
  const [source] = sources.filter(isGranting);
  return source === undefined ? [] : [{ from, to, operation, source }];
}

function isGranting({ reader, how }: Source): boolean {
  return reader === GRANTING_READER && how === 'declared';
}
