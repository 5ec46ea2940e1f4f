import type { Engine } from '../../authorization/engine/index.ts';
import type { Policy } from '../../authorization/model/index.ts';
import { addTo } from '../../base/group-by.ts';
import {
  type Credential,
  type JudgedEstate,
  type ServiceRecord,
  writeOperation,
} from '../../estate/index.ts';
import type {
  BlastRadius,
  IncidentEstate,
  KnownLease,
  ReadableCredential,
} from '../../tracing/incidents/index.ts';
import { ToldEstate } from './estate-view.ts';
import { policyWord } from './policy-words.ts';
import { viewsOf } from './view.ts';

/** What of the server the incidents are told. */
export interface IncidentEstateParts {
  /** As it was judged last. */
  readonly known: () => KnownJudged | undefined;
  /** The policy in force. */
  readonly policy: () => { readonly policy: Policy; readonly engine: Engine } | undefined;
  readonly identitiesOf: (service: string) => readonly string[];
  readonly leases: () => Iterable<KnownLease & { readonly state: string }>;
}

export interface KnownJudged {
  readonly records: readonly ServiceRecord[];
  readonly judged: JudgedEstate;
}

/** Of a blast radius, by name. */
const MAX_SERVICES = 200;
const NO_CHANGES: ReadonlyMap<string, number> = new Map();

/** The estate as incidents ask about it: seldom, and about few services, so that nothing is kept ready for them but what
 *  was judged last. */
export function incidentEstate(parts: IncidentEstateParts): IncidentEstate {
  const judged = (): JudgedEstate | undefined => parts.known()?.judged;
  const view = incidentView(parts);
  return {
    view,
    credentialsOf: async (services) => {
      const wanted = new Set(services);
      return (judged()?.credentials ?? []).flatMap((one) => readable(one, wanted));
    },
    blastRadius: async (services) => blastRadius(services, view, parts.policy()?.policy),
    findings: async (subjects) =>
      (judged()?.findings ?? []).filter(({ subject }) =>
        subjects.some((one) => subject === one || subject.startsWith(`${one} `)),
      ),
    callersOf: async (endpoint) => callersOf(endpoint, judged()),
    permissiveOf: async (services) => {
      const of = parts.policy()?.policy.services ?? [];
      const own = of.filter(({ id, mode }) => mode === 'shadow' && services.includes(id));
      return own.map(({ id }) => ({ service: id, ...declarationOf(id, parts.known()) }));
    },
    identitiesOf: async (service) => parts.identitiesOf(service),
    leasesOf: async (services) =>
      [...parts.leases()]
        .filter(({ service, state }) => services.includes(service) && state !== 'ended')
        .map(({ id, service }) => ({ id, service })),
  };
}

/** Services and endpoints of what was judged last, looked through when they are asked about. */
function incidentView({ known, policy }: IncidentEstateParts): IncidentEstate['view'] {
  let of: KnownJudged | undefined;
  let told = new ToldEstate();
  /** Only the services that are asked about are made views of. */
  const asked = new Set<string>();
  const look = (service: string): ToldEstate => {
    const now = known();
    if (now !== of) {
      [of, told] = [now, new ToldEstate()];
      asked.clear();
    }
    if (of === undefined || asked.has(service)) return told;
    asked.add(service);
    const services = of.judged.services.filter(({ id }) => id === service);
    const endpoints = of.judged.endpoints.filter((one) => one.service === service);
    const records = of.records.filter(({ id }) => id === service);
    told.put([...viewsOf({ records, judged: { services, endpoints }, changes: NO_CHANGES }, true)]);
    return told;
  };
  return {
    service: (id) => look(id).service(id),
    endpoint: (service, operation) => look(service).endpoint(service, operation),
    policy: (caller, callee, operation) => {
      const current = policy();
      const declaresCalls = look(caller).declaresCalls(caller);
      const isGranted = (): boolean =>
        current?.policy.grants.some(({ from, to }) => from === caller && to === callee) ?? false;
      const service = current?.policy.services.find(({ id }) => id === caller);
      return policyWord(
        { engine: current?.engine, principal: service?.identities[0], isGranted, declaresCalls },
        callee,
        operation,
      );
    },
  };
}

/** Where the `reeve.yaml` of a service lies. */
function declarationOf(service: string, known: KnownJudged | undefined) {
  const record = known?.records.find(({ id }) => id === service);
  const source = record?.sources.find(
    ({ reader, how }) => reader === 'declarations' && how === 'declared',
  );
  return { file: source?.file ?? null, line: source?.line ?? null };
}

function readable(credential: Credential, wanted: ReadonlySet<string>): ReadableCredential[] {
  const { id, name, services, owner, secret, problems, locations } = credential;
  const service = services.find((one) => wanted.has(one));
  if (service === undefined) return [];
  const [place] = locations;
  const where = { file: place?.file ?? null, line: place?.line ?? null };
  return [{ id, name, service, owner, secret, problems, ...where }];
}

/** Over what is declared, the nearest first. */
function blastRadius(
  from: readonly string[],
  view: IncidentEstate['view'],
  policy: Policy | undefined,
): BlastRadius {
  const calls = new Map<string, string[]>();
  for (const grant of policy?.grants ?? []) addTo(calls, grant.from, grant.to);
  const reached = new Set(from);
  // a set is gone through with what is added to it meanwhile, so nearer ones come first
  for (const service of reached) for (const to of calls.get(service) ?? []) reached.add(to);
  const services = [...reached].slice(from.length);
  const data = new Set(services.flatMap((id) => view.service(id)?.sensitivity ?? []));
  return {
    services: services.slice(0, MAX_SERVICES),
    serviceCount: services.length,
    data: [...data].sort(),
  };
}

function callersOf(endpoint: string, judged: JudgedEstate | undefined): string[] {
  const found = judged?.endpoints.find(({ id }) => id === endpoint);
  if (found === undefined) return [];
  const seen = found.traffic?.callers.map(({ service }) => service) ?? [];
  const operation = writeOperation(found);
  const declared = (judged?.calls ?? [])
    .filter((call) => call.to === found.service && call.operation === operation)
    .map((call) => call.from);
  return [...new Set([...seen, ...declared])].sort();
}
