import { quote } from '../../../base/fault.ts';
import type { ServiceRecord } from '../../../estate/index.ts';
import { entryId } from '../register.ts';
import { isSelector, type Selector, toSelector } from '../selector.ts';
import { applyTemplate, type IdTemplate } from '../template.ts';

/** What is needed of a service of the estate. */
export type RegisterableService = Pick<
  ServiceRecord,
  | 'id'
  | 'environment'
  | 'namespace'
  | 'name'
  | 'kind'
  | 'owner'
  | 'identities'
  | 'runsAs'
  | 'retired'
>;

/** How services are named and recognised. */
export interface NamingRules {
  readonly trustDomain: string;
  readonly template: IdTemplate;
  /** Whether services that run as their namespace's `default` account are registered. */
  readonly defaultAccounts: boolean;
  /** The cluster of an environment, where agents report more than one (`k8s:cluster:NAME`). */
  clusterOf?(environment: string): string | undefined;
}

/** An entry that the estate calls for. */
export interface Candidate {
  readonly id: string;
  readonly spiffeId: string;
  readonly selectors: readonly Selector[];
  /** Trust domains that declarations name; sorted. */
  readonly federatesWith: readonly string[];
  /** Sorted by id. */
  readonly services: readonly RegisterableService[];
}

/** A service that gets no identity by itself, and why. */
export interface Unregistered {
  readonly service: string;
  /** A sentence without its subject: `no service account of it is known`. */
  readonly because: string;
}

interface Claim {
  readonly service: RegisterableService;
  readonly spiffeId: string;
  readonly selectors: readonly Selector[];
}

/** The entries that services call for, each once, and the services that call for none. Refused are
 *  accounts that would have two identities, and identities that would be those of two accounts or two
 *  environments: in either case one service could pose as another. */
export function candidatesOf(
  services: readonly RegisterableService[],
  rules: NamingRules,
): { readonly candidates: readonly Candidate[]; readonly unregistered: readonly Unregistered[] } {
  const claims: Claim[] = [];
  const unregistered: Unregistered[] = [];
  for (const service of services) {
    if (service.retired || service.kind === 'external') continue;
    for (const claim of claimsOf(service, rules)) {
      if (typeof claim !== 'string') claims.push(claim);
      else if (service.kind === 'workload')
        unregistered.push({ service: service.id, because: claim });
    }
  }
  const doubts = doubtsOf(claims);
  for (const [{ service }, because] of doubts) unregistered.push({ service: service.id, because });
  const clear = claims.filter((claim) => !doubts.has(claim));
  return { candidates: gather(clear, rules.trustDomain), unregistered };
}

/** What a service claims for each of its accounts, or why it does not. */
function claimsOf(service: RegisterableService, rules: NamingRules): (Claim | string)[] {
  const accounts = service.identities.flatMap((identity) => accountOf(identity) ?? []);
  if (accounts.length > 0) return accounts.map((account) => claimFor(service, account, rules));
  const [declared, ...others] = service.runsAs.filter(({ selectors }) => selectors.length > 0);
  if (others.length > 0) {
    return ['its declarations do not agree on its selectors: let one of them say how it runs'];
  }
  if (declared) return [declaredClaim(service, declared.selectors, rules)];
  return [
    `no service account of ${service.name} is known: declare selectors in its reeve.yaml, or register it`,
  ];
}

/** On machines without accounts of a cluster, a service's name stands in the place of its account. */
function declaredClaim(
  service: RegisterableService,
  selectors: readonly string[],
  rules: NamingRules,
): Claim | string {
  const { environment, namespace, name } = service;
  const values = { environment, namespace, account: name, service: name };
  const { spiffeId, because } = applyTemplate(rules.template, rules.trustDomain, values);
  if (spiffeId === undefined) return because;
  const odd = selectors.find((selector) => !isSelector(selector));
  if (odd !== undefined) return `its declaration has ${quote(odd)}, which is no selector`;
  return { service, spiffeId, selectors };
}

interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** `ns/NAMESPACE/sa/NAME`, as sources of Kubernetes say it. */
function accountOf(identity: string): Account | undefined {
  const [, namespace, name] = /^ns\/([^/]{1,253})\/sa\/([^/]{1,253})$/.exec(identity) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

function claimFor(
  service: RegisterableService,
  { namespace, name }: Account,
  rules: NamingRules,
): Claim | string {
  if (name === 'default' && !rules.defaultAccounts) {
    return `${service.name} runs as the default account of ${namespace}, as any workload there may: give it an account of its own`;
  }
  const values = {
    environment: service.environment,
    namespace,
    account: name,
    service: service.name,
  };
  const { spiffeId, because } = applyTemplate(rules.template, rules.trustDomain, values);
  if (spiffeId === undefined) return because;
  const cluster = rules.clusterOf?.(service.environment);
  const selectors = [
    cluster === undefined ? [] : toSelector('k8s', 'cluster', cluster),
    toSelector('k8s', 'ns', namespace),
    toSelector('k8s', 'sa', name),
  ].flat();
  if (selectors.includes(undefined)) return `its account ${namespace}/${name} makes no selector`;
  return { service, spiffeId, selectors: selectors.filter((one) => one !== undefined) };
}

function doubtsOf(claims: readonly Claim[]): Map<Claim, string> {
  const doubts = new Map<Claim, string>();
  for (const alike of Map.groupBy(claims, ({ selectors }) => selectors.join('\n')).values()) {
    const ids = new Set(alike.map(({ spiffeId }) => spiffeId));
    if (ids.size > 1) doubtAll(doubts, alike, 'nothing tells it apart from');
  }
  for (const alike of Map.groupBy(claims, ({ spiffeId }) => spiffeId).values()) {
    if (isOfUnlike(alike)) doubtAll(doubts, alike, 'it would have one identity with');
  }
  return doubts;
}

/** Whether one identity would be that of services that do not run as the same account, in one place. */
function isOfUnlike(claims: readonly Claim[]): boolean {
  const count = (nameOf: (claim: Claim) => string) => new Set(claims.map(nameOf)).size;
  if (count(({ service }) => service.environment) > 1) return true;
  return (
    count(({ service }) => service.id) > 1 && count(({ selectors }) => selectors.join('\n')) > 1
  );
}

function doubtAll(doubts: Map<Claim, string>, claims: readonly Claim[], because: string): void {
  const ids = [...new Set(claims.map(({ service }) => service.id))].sort();
  for (const claim of claims) {
    const others = ids.filter((id) => id !== claim.service.id);
    doubts.set(claim, `${because} ${firstOf(others) || 'another account of its own'}`);
  }
}

/** A few of them, for a sentence; empty where there are none. */
export function firstOf(ids: readonly string[]): string {
  return ids.slice(0, 3).join(', ') + (ids.length > 3 ? ' …' : '');
}

function gather(claims: readonly Claim[], trustDomain: string): Candidate[] {
  const byId = Map.groupBy(claims, ({ spiffeId, selectors }) => entryId(spiffeId, null, selectors));
  return [...byId].flatMap(([id, [first, ...others]]) => {
    if (!first) return [];
    const services = new Map([first, ...others].map(({ service }) => [service.id, service]));
    return {
      id,
      spiffeId: first.spiffeId,
      selectors: [...first.selectors].sort(),
      federatesWith: federatedBy([...services.values()], trustDomain),
      services: [...services.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    };
  });
}

function federatedBy(services: readonly RegisterableService[], trustDomain: string): string[] {
  const named = new Set(
    services.flatMap(({ runsAs }) => runsAs.flatMap((one) => one.federatesWith)),
  );
  named.delete(trustDomain);
  return [...named].sort();
}
