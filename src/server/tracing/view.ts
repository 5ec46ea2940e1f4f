import { groupBy } from '../../base/group-by.ts';
import type { Endpoint, JudgedEstate, Service, ServiceRecord } from '../../estate/index.ts';
import type { Prior } from '../../inventory/templates/index.ts';
import type { NamedService } from '../../sources/attribution/index.ts';
import type { KnownEndpoint, KnownService, TracedOperation } from '../../tracing/index.ts';

/** What tracing is told of the estate: plain data, a service each. */

/** A service with all that traffic is judged by. */
export interface ServiceView {
  readonly service: KnownService;
  readonly names: NamedService;
  /** It says whom it calls, so that what it does not say is undeclared. */
  readonly declaresCalls: boolean;
  /** Milliseconds since 1970; 0: not known. */
  readonly changedAt: number;
  readonly endpoints: readonly EndpointView[];
}

export interface EndpointView extends KnownEndpoint, TracedOperation {
  /** Who wrote its template down; `code` where traffic alone shows it. */
  readonly from: Prior['from'];
}

/** An estate as it was judged. */
export interface KnownEstate {
  readonly records: readonly ServiceRecord[];
  readonly judged: Pick<JudgedEstate, 'services' | 'endpoints'>;
  /** As `changesOf` tells. */
  readonly changes: ReadonlyMap<string, number>;
}

/** The views of all services, one after another, so that whoever asks can rest in between.
 *  @param isSeldomWanted with endpoints that were seen too little to be shown, which an attacker may well have been at */
export function* viewsOf(
  { records, judged, changes }: KnownEstate,
  isSeldomWanted = false,
): Generator<ServiceView> {
  const byId = new Map(records.map((record) => [record.id, record]));
  const endpoints = groupBy(judged.endpoints, ({ service }) => service);
  for (const service of judged.services) {
    const record = byId.get(service.id);
    if (record === undefined) continue;
    const own = (endpoints.get(service.id) ?? []).filter(
      ({ visibility }) => visibility === 'shown' || (isSeldomWanted && visibility === 'unstable'),
    );
    yield {
      service: serviceView(service, record, own),
      names: namesOf(record),
      declaresCalls: record.declaresCalls,
      changedAt: changes.get(service.id) ?? 0,
      endpoints: own.map(endpointView),
    };
  }
}

function serviceView(
  { id, owner, kind, exposure, criticality, identity }: Service,
  record: ServiceRecord,
  endpoints: readonly Endpoint[],
): KnownService {
  const tags = new Set(record.sensitivity.map(({ tag }) => tag));
  for (const { sensitivity } of endpoints) for (const { tag } of sensitivity) tags.add(tag);
  const isVouchedFor = record.sources.some(({ how }) => how !== 'observed');
  const known = { id, owner, kind, exposure, criticality, identity };
  return { ...known, sensitivity: [...tags].sort(), isVouchedFor };
}

function namesOf(record: ServiceRecord): NamedService {
  const { id, environment, namespace, name, isAnywhere, aliases, images, identities } = record;
  return { id, environment, namespace, name, isAnywhere, aliases, images, identities };
}

function endpointView(endpoint: Endpoint): EndpointView {
  const { id, protocol, method, template, status, sensitivity, criticality, blocked } = endpoint;
  return {
    ...{ id, protocol, method, template, status, criticality, isBlocked: blocked },
    sensitivity: sensitivity.map(({ tag }) => tag),
    from: FROM.find(([, says]) => says(endpoint))?.[0] ?? 'code',
  };
}

const FROM: readonly [Prior['from'], (endpoint: Endpoint) => boolean][] = [
  ['specification', ({ declaredIn }) => declaredIn.length > 0],
  ['person', ({ decisions }) => decisions.some(({ action }) => action === 'adopt')],
];
