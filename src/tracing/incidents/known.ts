import type { AlertHop } from '../model.ts';
import { edgeSubject } from './edge.ts';
import type { Incident } from './model.ts';
import type {
  IncidentEstate,
  KnownFinding,
  KnownLease,
  PermissiveService,
  ReadableCredential,
} from './ports.ts';
import { hopsOf, isOfEstate } from './reached.ts';

/** What the estate knows of an incident, for proposing what to do about it: plain data. */
export interface Known {
  readonly credentials: readonly ReadableCredential[];
  readonly findings: readonly KnownFinding[];
  readonly leases: readonly KnownLease[];
  /** By endpoint. */
  readonly callers: ReadonlyMap<string, readonly string[]>;
  /** Subjects of edges of which a call is declared, whether it was one of the incident or another. */
  readonly declared: ReadonlySet<string>;
  readonly permissive: readonly PermissiveService[];
  /** SPIFFE IDs by service. */
  readonly identities: ReadonlyMap<string, readonly string[]>;
}

/** Services that somebody acts from who should not: those whose requests showed signs. */
export function actorsOf({ alerts }: Pick<Incident, 'alerts'>): string[] {
  const signed = hopsOf(alerts).filter(isSigned);
  return [...new Set(signed.map(({ from }) => from))].filter(isOfEstate);
}

export const isSigned = ({ signs }: AlertHop): boolean => signs.length > 0;

/** @throws {Fault} what the estate throws: `estate/unavailable` */
export async function knownOf(incident: Incident, estate: IncidentEstate): Promise<Known> {
  const { services, endpoints } = incident.reached;
  const ids = endpoints.flatMap(({ id }) => id ?? []);
  const [credentials, leases, callers, identities, permissive] = await Promise.all([
    estate.credentialsOf(services),
    estate.leasesOf(services),
    byKey(ids, (id) => estate.callersOf(id)),
    byKey(actorsOf(incident), (service) => estate.identitiesOf(service)),
    estate.permissiveOf(services),
  ]);
  const findings = await estate.findings([...services, ...credentials.map(({ id }) => id)]);
  const declared = declaredEdges(incident, estate);
  return { credentials, findings, leases, callers, identities, declared, permissive };
}

function declaredEdges({ alerts }: Incident, { view }: IncidentEstate): ReadonlySet<string> {
  const edges = new Map(hopsOf(alerts).map((hop) => [edgeSubject(hop), hop]));
  const declared = [...edges].filter(
    ([, { from, to, policy }]) =>
      policy === 'declared' || view.policy(from, to, undefined) === 'declared',
  );
  return new Set(declared.map(([subject]) => subject));
}

async function byKey<Value>(
  keys: readonly string[],
  ask: (key: string) => Promise<Value>,
): Promise<ReadonlyMap<string, Value>> {
  const entries = keys.map(async (key) => [key, await ask(key)] as const);
  return new Map(await Promise.all(entries));
}
