import { comparePlaces, compareText } from '../base/diagnostic.ts';
import { addTo } from '../base/group-by.ts';
import { credentialId, environmentOf } from './credential-groups.ts';
import { credentialGroups, isRemark } from './credential-remarks.ts';
import type { CredentialAssignment, EndpointDecision } from './decision.ts';
import {
  type CallFact,
  type CredentialFact,
  canonicalJson,
  type EndpointFact,
  type ServiceFact,
  type WeaknessFact,
} from './fact.ts';
import type { Criticality, Permission, Posture, Route, ServicePort, Source, Tag } from './model.ts';
import { CRITICALITIES } from './model.ts';
import {
  type CredentialConcern,
  type DeclaredSecret,
  OWNER_RANKS,
  type OwnerClaim,
  type RunsAs,
} from './observation.ts';

/** What all facts about one entity say together. A record is a function of the set of facts, so it
 *  depends neither on their order nor on how often each came. */
export interface ServiceRecord {
  readonly id: string;
  readonly environment: string;
  readonly namespace: string;
  readonly name: string;
  /** Nobody but traffic speaks of its namespace: `default` stands for whichever it is. */
  readonly isAnywhere: boolean;
  readonly kind: 'workload' | 'datastore' | 'external';
  readonly owner: OwnerClaim | undefined;
  readonly criticality: Criticality | undefined;
  readonly sensitivity: readonly Tag[];
  readonly identities: readonly string[];
  readonly runsAs: readonly RunsAs[];
  readonly declaredSecrets: readonly DeclaredSecret[];
  readonly aliases: readonly string[];
  readonly images: readonly string[];
  readonly postures: readonly Posture[];
  readonly permissions: readonly Permission[];
  readonly routes: readonly Route[];
  readonly ports: readonly ServicePort[];
  readonly declaresCalls: boolean;
  /** Of two that differ, the stricter; undefined where nobody says. */
  readonly authorizationMode: 'enforce' | 'shadow' | undefined;
  readonly retired: boolean;
  readonly sources: readonly Source[];
}

export interface EndpointRecord {
  readonly id: string;
  readonly service: string;
  readonly protocol: EndpointFact['protocol'];
  readonly method: string;
  readonly template: string;
  readonly owner: OwnerClaim | undefined;
  readonly criticality: Criticality | undefined;
  readonly sensitivity: readonly Tag[];
  readonly deprecated: boolean;
  readonly operational: boolean;
  readonly security: 'required' | 'none' | undefined;
  readonly fields: readonly string[];
  /** Names of the parameters and status codes that specifications declare; empty where none does. */
  readonly parameters: readonly string[];
  readonly responses: readonly string[];
  /** Set where nobody who knows it is sure that it is one. */
  readonly doubt: 'unstable' | 'probe' | undefined;
  /** What people have decided, whatever of it still holds. */
  readonly decisions: readonly EndpointDecision[];
  /** Of those who know that it exists: none where all that is left are decisions about it. */
  readonly sources: readonly Source[];
}

export interface CallRecord {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly operation: string;
  /** Each with what it proves, if anything. */
  readonly evidence: readonly Pick<CallFact, 'evidence' | 'authentication' | 'port' | 'source'>[];
  readonly sources: readonly Source[];
}

export interface CredentialRecord {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly services: readonly string[];
  /** Those that speak of it. */
  readonly environments: readonly string[];
  /** The service that it was made for, of several that use it. */
  readonly belongsTo: string | undefined;
  readonly owner: OwnerClaim | undefined;
  /** Who says so. */
  readonly ownerSource: Source | undefined;
  /** What a person has said last of who answers for it. */
  readonly assigned: CredentialAssignment | undefined;
  readonly locations: readonly NonNullable<CredentialFact['location']>[];
  readonly keys: readonly string[];
  readonly fingerprint: string | undefined;
  readonly rotation: string | undefined;
  /** How a declaration says that it is rotated, and how what Reeve keeps is. */
  readonly declaredRotation: string | undefined;
  readonly keptRotation: string | undefined;
  readonly created: string | undefined;
  readonly lastRotated: string | undefined;
  readonly expires: string | undefined;
  readonly lastUsed: string | undefined;
  readonly usesSeenSince: string | undefined;
  readonly secret: string | undefined;
  /** When it was revoked, RFC 3339, where nothing is left but places in which its value lies. */
  readonly revoked: string | undefined;
  readonly delivered: readonly string[];
  readonly problems: readonly string[];
  readonly concerns: readonly CredentialConcern[];
  readonly sources: readonly Source[];
}

export interface Records {
  readonly services: readonly ServiceRecord[];
  readonly endpoints: readonly EndpointRecord[];
  readonly calls: readonly CallRecord[];
  readonly credentials: readonly CredentialRecord[];
  readonly weaknesses: readonly WeaknessFact[];
}

type FactOf = {
  service: ServiceFact;
  endpoint: EndpointFact;
  call: CallFact;
  credential: CredentialFact;
};
const KIND_ORDER = ['datastore', 'workload', 'external'] as const;

/** Sums up the facts about one service; `facts` is not empty and all have one id. */
export function toServiceRecord(facts: readonly ServiceFact[]): ServiceRecord {
  const { id, environment, namespace, name } = first(facts);
  return {
    id,
    environment,
    namespace,
    name,
    isAnywhere: isAnywhere(facts),
    kind: bestOf(KIND_ORDER, values(facts, 'serviceKind')) ?? 'workload',
    owner: strongestOwner(values(facts, 'owner')),
    criticality: bestOf(CRITICALITIES, values(facts, 'criticality')),
    sensitivity: tags(values(facts, 'sensitivity').flat()),
    identities: distinct(values(facts, 'identity')),
    runsAs: distinct(values(facts, 'runsAs')),
    declaredSecrets: distinct(values(facts, 'declaredSecrets').flat()),
    aliases: distinct(values(facts, 'aliases').flat()),
    images: distinct(values(facts, 'images').flat()),
    postures: distinct(values(facts, 'posture')),
    permissions: distinct(values(facts, 'permission')),
    routes: distinct(values(facts, 'route')),
    ports: distinct(values(facts, 'ports').flat()),
    declaresCalls: facts.some((fact) => fact.declaresCalls === true),
    authorizationMode: bestOf(['enforce', 'shadow'] as const, values(facts, 'authorizationMode')),
    retired: facts.some((fact) => fact.retired === true),
    sources: sourcesOf(facts),
  };
}

function isAnywhere(facts: readonly ServiceFact[]): boolean {
  const said = facts.filter(({ source }) => source.how !== 'observed');
  return said.length > 0 && said.every(({ anywhere }) => anywhere === true);
}

export function toEndpointRecord(facts: readonly EndpointFact[]): EndpointRecord {
  const known = facts.length === 1 && !isOpinion(first(facts)) ? facts : facts.filter(isKnowledge);
  const { id, service, protocol, method, template } = first(known.length > 0 ? known : facts);
  return {
    id,
    service,
    protocol,
    method,
    template,
    owner: strongestOwner(values(facts, 'owner')),
    criticality: bestOf(CRITICALITIES, values(facts, 'criticality')),
    sensitivity: tags(listed(facts, (fact) => fact.sensitivity)),
    deprecated: facts.some((fact) => fact.deprecated === true),
    operational: facts.some((fact) => fact.operational === true),
    security: bestOf(['none', 'required'] as const, values(facts, 'security')),
    fields: distinct(listed(facts, (fact) => fact.fields)),
    parameters: distinct(listed(facts, (fact) => fact.parameters)),
    responses: distinct(listed(facts, (fact) => fact.responses)),
    doubt: doubtOf(known),
    decisions: distinct(values(facts, 'decision')),
    sources: sourcesOf(known),
  };
}

/** A decision says what should become of an endpoint and not that there is one, except the decision
 *  to adopt it: that declares it. */
function isOpinion({ decision }: EndpointFact): boolean {
  return decision !== undefined && decision.action !== 'adopt';
}

function isKnowledge(fact: EndpointFact): boolean {
  return !isOpinion(fact);
}

/** One source that is sure suffices; of the unsure, one that had an answer. */
function doubtOf(facts: readonly EndpointFact[]): EndpointRecord['doubt'] {
  if (facts.some(({ doubt }) => doubt === undefined)) return undefined;
  return bestOf(['unstable', 'probe'] as const, values(facts, 'doubt'));
}

export function toCallRecord(facts: readonly CallFact[]): CallRecord {
  const { id, from, to, operation } = first(facts);
  return {
    id,
    from,
    to,
    operation: operation ?? '*',
    evidence: distinct(
      facts.map(({ evidence, authentication, port, source }) => ({
        evidence,
        source,
        ...(authentication && { authentication }),
        ...(port !== undefined && { port }),
      })),
    ),
    sources: sourcesOf(facts),
  };
}

export function toCredentialRecord(all: readonly CredentialFact[]): CredentialRecord {
  const remarks = all.filter(isRemark);
  const facts = all.filter((fact) => !isRemark(fact));
  const named = [...facts].sort((a, b) => nameRank(a) - nameRank(b) || compareText(a.name, b.name));
  const kinds = distinct(facts.map((fact) => fact.credentialKind));
  const owner = strongestOwner(values(all, 'owner'));
  return {
    id: credentialId(facts),
    name: first(named).name,
    kind: kinds.find((kind) => !GENERIC_KINDS.has(kind)) ?? kinds[0] ?? 'secret',
    services: distinct(values(facts, 'service')),
    environments: distinct(facts.map(environmentOf)).filter((name) => name !== ''),
    belongsTo: distinct(values(facts, 'belongsTo'))[0],
    owner,
    ownerSource: owner && sourceOfOwner(all, owner),
    assigned: latest(values(remarks, 'decision')),
    locations: distinct(values(placesOfValue(facts), 'location')).sort(comparePlaces),
    keys: distinct(facts.flatMap((fact) => fact.keys)),
    fingerprint: distinct(values(facts, 'fingerprint'))[0],
    rotation: distinct(values(facts, 'rotation'))[0],
    declaredRotation: rotationOf(facts, ({ source }) => source.how === 'declared'),
    keptRotation: rotationOf(facts, ({ secret }) => secret !== undefined),
    created: distinct(values(facts, 'created'))[0],
    lastRotated: distinct(values(facts, 'lastRotated')).at(-1),
    expires: distinct(values(facts, 'expires'))[0],
    lastUsed: distinct(values(facts, 'lastUsed')).at(-1),
    usesSeenSince: distinct(values(facts, 'usesSeenSince')).at(-1),
    secret: distinct(values(facts, 'secret'))[0],
    delivered: distinct(values(facts, 'delivered').flat()),
    ...whatIsWrong(facts, remarks),
    sources: sourcesOf(facts),
  };
}

const rotationOf = (
  facts: readonly CredentialFact[],
  isMeant: (fact: CredentialFact) => boolean,
): string | undefined => distinct(values(facts.filter(isMeant), 'rotation'))[0];

/** The strongest claim's own source; of several, the first by place. */
function sourceOfOwner(facts: readonly CredentialFact[], owner: OwnerClaim): Source | undefined {
  return sourcesOf(
    facts.filter((fact) => fact.owner?.owner === owner.owner && fact.owner.rank === owner.rank),
  ).sort(comparePlaces)[0];
}

/** Of two at the same moment, the first by text. */
function latest(said: readonly CredentialAssignment[]): CredentialAssignment | undefined {
  return distinct(said).reduce<CredentialAssignment | undefined>(
    (last, one) => (last === undefined || one.at > last.at ? one : last),
    undefined,
  );
}

/** Where only a value lies that is refused everywhere, that is all that is wrong with its place. */
function whatIsWrong(
  facts: readonly CredentialFact[],
  remarks: readonly CredentialFact[],
): Pick<CredentialRecord, 'problems' | 'concerns' | 'revoked'> {
  const refused = new Set(values([...facts, ...remarks], 'refused').flat());
  const isRefused = ({ keys, fingerprint }: CredentialFact): boolean =>
    (fingerprint !== undefined && refused.has(fingerprint)) || keys.some((key) => refused.has(key));
  const problems = facts.flatMap((fact) =>
    fact.location && isRefused(fact) ? [REFUSED_VALUE] : (fact.problems ?? []),
  );
  const revoked = distinct(values(remarks, 'revoked')).at(-1);
  return {
    problems: distinct(problems),
    concerns: distinct(values(facts, 'concerns').flat()),
    revoked: facts.every(isRefused) ? revoked : undefined,
  };
}

/** The problem of a place where a value lies that opens nothing any more. */
const REFUSED_VALUE = 'old-value';

/** Where the value itself was found, wherever it was; else where it is referred to. */
function placesOfValue(facts: readonly CredentialFact[]): readonly CredentialFact[] {
  const found = facts.filter(({ fingerprint, location }) => fingerprint && location);
  return found.length > 0 ? found : facts;
}

/** Kinds that say no more than that it is a secret. */
const GENERIC_KINDS = new Set([
  'api-key',
  'secret',
  'password',
  'token',
  'kubernetes-secret',
  'generic',
]);

/** The name that it was given is better than a Secret's, and that better than a variable's. */
function nameRank(fact: CredentialFact): number {
  if (fact.source.how === 'declared' || fact.secret !== undefined) return 0;
  return fact.keys.some((key) => key.startsWith('secret:')) ? 1 : 2;
}

/** Sums up all facts; records come sorted by id. */
export function toRecords(facts: Iterable<FactOf[keyof FactOf] | WeaknessFact>): Records {
  const byEntity = {
    service: new Map<string, ServiceFact[]>(),
    endpoint: new Map<string, EndpointFact[]>(),
    call: new Map<string, CallFact[]>(),
    credential: new Map<string, CredentialFact[]>(),
  };
  const weaknesses: WeaknessFact[] = [];
  for (const fact of facts) {
    if (fact.entity === 'weakness') weaknesses.push(fact);
    else addTo(byEntity[fact.entity] as Map<string, (typeof fact)[]>, fact.id, fact);
  }
  return {
    services: summed(byEntity.service, toServiceRecord),
    endpoints: summed(byEntity.endpoint, toEndpointRecord),
    calls: summed(byEntity.call, toCallRecord),
    credentials: summed(credentialGroups(byEntity.credential), toCredentialRecord),
    weaknesses: distinct(weaknesses),
  };
}

function summed<Item, Summary>(
  groups: Map<string, Item[]>,
  sum: (items: Item[]) => Summary,
): Summary[] {
  return [...groups].sort(([a], [b]) => compareText(a, b)).map(([, items]) => sum(items));
}

function first<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined) throw new RangeError('a record needs at least one fact');
  return item;
}

function values<Item, Key extends keyof Item>(
  items: readonly Item[],
  key: Key,
): NonNullable<Item[Key]>[] {
  return items.flatMap((item) => {
    const value = item[key];
    return value === undefined || value === null ? [] : [value as NonNullable<Item[Key]>];
  });
}

const NOTHING: readonly never[] = [];

/** The lists of all facts, one after the other; the one list where only one fact has any, because
 *  most entities are known from few facts and there are many of them. */
function listed<Fact, Item>(
  facts: readonly Fact[],
  listOf: (fact: Fact) => readonly Item[] | undefined,
): readonly Item[] {
  let one: readonly Item[] = NOTHING;
  let several: Item[] | undefined;
  for (const fact of facts) {
    const list = listOf(fact);
    if (list === undefined || list.length === 0) continue;
    if (one.length === 0) one = list;
    else {
      several ??= [...one];
      for (const item of list) several.push(item);
    }
  }
  return several ?? one;
}

/** Sorted, each once. */
function distinct<Item>(items: readonly Item[]): Item[] {
  if (items.length <= 1) return [...items];
  if (items.every((item) => typeof item === 'string')) return [...new Set(items)].sort();
  const byText = new Map(items.map((item) => [canonicalJson(item), item]));
  return [...byText].sort(([a], [b]) => compareText(a, b)).map(([, item]) => item);
}

function bestOf<Item>(order: readonly Item[], found: readonly Item[]): Item | undefined {
  return order.find((item) => found.includes(item));
}

function sourcesOf(facts: readonly { source: Source }[]): Source[] {
  return distinct(facts.map((fact) => fact.source));
}

/** One reason for each tag. */
function tags(all: readonly Tag[]): Tag[] {
  const byTag = new Map<string, Tag>();
  for (const tag of distinct(all)) if (!byTag.has(tag.tag)) byTag.set(tag.tag, tag);
  return [...byTag.values()].sort((a, b) => compareText(a.tag, b.tag));
}

/** The strongest rank wins; of equals, the first by name. */
export function strongestOwner(claims: readonly OwnerClaim[]): OwnerClaim | undefined {
  return [...claims].sort(
    (a, b) =>
      OWNER_RANKS.indexOf(a.rank) - OWNER_RANKS.indexOf(b.rank) || compareText(a.owner, b.owner),
  )[0];
}
