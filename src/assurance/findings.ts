import { compareText } from '../base/diagnostic.ts';
import { stableId } from '../base/ids.ts';
import {
  type CallRecord,
  type Endpoint,
  type Finding,
  type Location,
  type Permission,
  type Records,
  SEVERITIES,
  type ServiceRecord,
  type Source,
} from '../estate/index.ts';
import { type JudgedParts, QUESTIONS } from './answers.ts';
import { CONTROLS } from './controls.ts';
import { credentialFailures } from './credential-failures.ts';
import { endpointFailures } from './endpoint-failures.ts';
import type { Watched } from './endpoint-words.ts';
import { type Failure, toLocation } from './failure.ts';

/** What findings are told by, beside the estate. */
export interface FindingContext {
  /** RFC 3339, UTC. */
  readonly now: string;
  readonly activeDays: number;
  /** See `SideBySide`. */
  readonly productionOnly: ReadonlyMap<string, readonly string[]>;
}

/** Everything that fails a control, the worst first. */
export function findFailures(
  records: Records,
  estate: JudgedParts,
  context: FindingContext,
): Finding[] {
  const services = new Map(records.services.map((service) => [service.id, service]));
  const nameOf = (id: string) => services.get(id)?.name ?? id;
  const failures = [
    ...allEndpointFailures(records, estate, services, nameOf, context),
    ...records.services.flatMap(serviceFailures),
    ...callFailures(records, estate, services, nameOf),
    ...estate.credentials.flatMap((credential) => credentialFailures(credential, nameOf)),
    ...records.weaknesses.map((weakness) => ({
      control: weakness.control,
      subject: weakness.subject,
      message: aboutService(weakness.message, services.get(weakness.subject)?.name),
      location: toLocation(weakness.source),
      detail: weakness.object,
    })),
  ];
  const byId = new Map(
    failures.map((failure) => toFinding(failure)).map((finding) => [finding.id, finding]),
  );
  return [...byId.values()].sort(compareFindings);
}

/** What is said of an object often does not name the service that it harms. */
function aboutService(message: string, name: string | undefined): string {
  return name === undefined || message.includes(name) ? message : `${name}: ${message}`;
}

/** By severity, then control, place and subject. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compareText(a.control, b.control) ||
    compareText(a.location?.file ?? '', b.location?.file ?? '') ||
    (a.location?.line ?? 0) - (b.location?.line ?? 0) ||
    compareText(a.subject, b.subject) ||
    compareText(a.id, b.id)
  );
}

function toFinding({ control, subject, message, location, severity, detail }: Failure): Finding {
  const rule = CONTROLS.get(control);
  if (!rule) throw new RangeError(`no control ${control}`);
  return {
    id: stableId('finding', control, subject, detail ?? ''),
    control,
    severity: severity ?? rule.severity,
    subject,
    message,
    location: location ?? null,
    remedy: rule.remedy,
    frameworks: [...rule.frameworks],
  };
}

/** What is wrong with each endpoint, told by what stands beside it. */
function allEndpointFailures(
  records: Records,
  { endpoints }: JudgedParts,
  services: ReadonlyMap<string, ServiceRecord>,
  nameOf: (id: string) => string,
  { now, activeDays, productionOnly }: FindingContext,
): Failure[] {
  const watched = watchedOf(endpoints);
  const open = new Set(
    records.endpoints.flatMap(({ id, security }) => (security === 'none' ? [id] : [])),
  );
  return endpoints.flatMap((endpoint) =>
    endpointFailures({
      endpoint,
      service: services.get(endpoint.service),
      watched: watched.get(watchKey(endpoint)),
      stagedIn: productionOnly.get(endpoint.id),
      isPublic: open.has(endpoint.id),
      serviceName: nameOf,
      activeDays,
      now,
    }),
  );
}

function watchedOf(endpoints: readonly Endpoint[]): ReadonlyMap<string, Watched> {
  const watched = new Map<string, Watched>();
  for (const endpoint of endpoints) {
    if (!endpoint.traffic || endpoint.visibility === 'probe') continue;
    const { firstSeen, lastSeen } = endpoint.traffic;
    const { from, until } = watched.get(watchKey(endpoint)) ?? { from: firstSeen, until: lastSeen };
    watched.set(watchKey(endpoint), {
      from: firstSeen < from ? firstSeen : from,
      until: lastSeen > until ? lastSeen : until,
    });
  }
  return watched;
}

function watchKey({ service, protocol }: Endpoint): string {
  return `${service} ${protocol}`;
}

function serviceFailures(service: ServiceRecord): Failure[] {
  if (service.kind === 'external') return [];
  const failures: Failure[] = [];
  const about = { subject: service.id, location: placeOf(service) };
  if (!service.owner) {
    const message = `nobody is named as the owner of ${service.name}`;
    failures.push({ control: 'inventory/unowned-service', message, ...about });
  }
  if (isOpenToCluster(service)) {
    const message = `no policy selects ${service.name}, so every workload of the cluster may call it`;
    failures.push({ control: 'authorization/no-default-deny', message, ...about });
  }
  return failures;
}

/** Where a service is best known: what deploys it, else what builds it, else anything. Policies and
 *  routes speak of many services, so they are its place only where nothing else is. */
function placeOf({ sources, permissions, routes }: ServiceRecord): Location | undefined {
  const others = new Set([...permissions, ...routes].map(({ source }) => placeKey(source)));
  const own = sources.filter((source) => !others.has(placeKey(source)));
  const best = PLACES.flatMap((reader) => own.filter((source) => source.reader === reader));
  return [...best, ...own, ...sources].map(toLocation).find((location) => location !== undefined);
}

function placeKey({ reader, file, line }: Source): string {
  return `${reader} ${file}:${line}`;
}

const PLACES = ['kubernetes', 'compose', 'declarations', 'components'];

/** Kubernetes and most meshes let everyone in where no policy selects a workload. */
function isOpenToCluster({ sources, permissions }: ServiceRecord): boolean {
  const isSelected = permissions.some(keepsOthersOut);
  return !isSelected && sources.some(({ reader }) => reader === 'kubernetes');
}

/** Whoever an allow-list does not name stays out, and one that names nobody is a permission from no
 *  one; a policy that denies some leaves the others in. */
function keepsOthersOut({ policy, effect, from, operations }: Permission): boolean {
  if (effect === 'deny')
    return EVERYONE.some((word) => from.includes(word)) && operations.includes('*');
  return from.length === 0 || (policy !== 'default' && !ALLOWS_ONLY.test(policy));
}

/** What these let in needs no other policy, and what they do not name is left to others. */
const ALLOWS_ONLY = /^(?:Baseline)?AdminNetworkPolicy /;

const EVERYONE = ['*', 'cluster'];

function callFailures(
  records: Records,
  estate: JudgedParts,
  services: ReadonlyMap<string, ServiceRecord>,
  nameOf: (id: string) => string,
): Failure[] {
  const internal = QUESTIONS.callsAuthenticated.asked(estate);
  const declared = new Set(records.calls.filter(isDeclared).map(({ from, to }) => `${from} ${to}`));
  return internal.flatMap((call) => {
    const place = call.sources.map(toLocation).find((location) => location !== undefined);
    const [from, to] = [nameOf(call.from), nameOf(call.to)];
    const what = call.operation === '*' ? to : `${call.operation} of ${to}`;
    const failures: Failure[] = [];
    const about = { subject: call.id, location: place };
    if (call.authentication === 'none') {
      const message = `${from} calls ${what} unauthenticated: ${call.evidence}`;
      failures.push({ control: 'identity/call-unauthenticated', message, ...about });
    } else if (call.authentication === 'unknown') {
      const message = `${from} calls ${what}, and nothing shows how it is authenticated: ${call.evidence}`;
      failures.push({ control: 'identity/call-unverified', message, ...about });
    }
    const isUndeclared =
      services.get(call.from)?.declaresCalls === true && !declared.has(`${call.from} ${call.to}`);
    if (isUndeclared) {
      const message = `${from} calls ${what}, which its declaration does not name`;
      failures.push({ control: 'authorization/undeclared-call', message, ...about });
    }
    return failures;
  });
}

function isDeclared(call: Pick<CallRecord, 'sources'>): boolean {
  return call.sources.some(({ how }) => how === 'declared');
}
