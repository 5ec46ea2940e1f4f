import { listAt, pick, textAt } from '../../base/pick.ts';
import { namespaceOf } from '../kubernetes/workload.ts';
import { serviceKey } from '../mesh/principals.ts';
import { type CiliumFacts, type IngressRule, isClusterWide } from './facts.ts';
import { isNamespaceOnly, matchesEndpoints, namespacesIn } from './selector.ts';

const LISTS = [
  'fromEndpoints',
  'fromEntities',
  'fromCIDR',
  'fromCIDRSet',
  'fromGroups',
  'fromNodes',
  'fromRequires',
];

/** Entities that stand for more callers than anyone could name. */
const BROAD_ENTITIES: Record<string, string> = {
  all: '*',
  world: 'world',
  'world-ipv4': 'world',
  'world-ipv6': 'world',
  cluster: 'cluster',
};
const EVERYWHERE = new Set(['0.0.0.0/0', '::/0']);

/** Who an ingress rule means. Its lists add up; without any list it means everyone who comes to its ports, or
 *  nobody where it has none, and with empty lists nobody. `cluster` and `world` stay words: they are not services.
 *  @see https://docs.cilium.io/en/stable/security/policy/language/ */
export function callersOf(rule: IngressRule, facts: CiliumFacts): readonly string[] {
  if (isEmptyRule(rule)) return [];
  if (!namesCallers(rule)) return ['*'];
  const from = [
    ...listAt(rule.value, 'fromEndpoints').flatMap((selector) =>
      byEndpoints(selector, rule, facts),
    ),
    ...listAt(rule.value, 'fromEntities').flatMap((item) => {
      const entity = textAt(item) ?? '';
      return Object.hasOwn(BROAD_ENTITIES, entity) ? (BROAD_ENTITIES[entity] ?? []) : entity;
    }),
    ...listAt(rule.value, 'fromCIDR').map((item) => toBlock(textAt(item))),
    ...listAt(rule.value, 'fromCIDRSet').map((item) => toBlock(textAt(item, 'cidr'))),
  ].filter((text) => text !== '');
  return from.includes('*') ? ['*'] : [...new Set(from)].sort();
}

/** Whether a rule names neither callers nor ports: it only ends the state in which everyone is let in. */
export function isEmptyRule(rule: IngressRule): boolean {
  const hasPorts = ['toPorts', 'icmps'].some((list) => listAt(rule.value, list).length > 0);
  return !hasPorts && !namesCallers(rule);
}

function namesCallers({ value }: IngressRule): boolean {
  return LISTS.some((list) => Array.isArray(pick(value, list)));
}

function toBlock(cidr: string | undefined): string {
  return cidr !== undefined && EVERYWHERE.has(cidr) ? 'world' : (cidr ?? '');
}

/** Without a namespace of its own, a selector of a namespaced policy stays in that namespace. */
function byEndpoints(selector: unknown, rule: IngressRule, facts: CiliumFacts): readonly string[] {
  const named = namespacesIn(selector);
  const home = isClusterWide(rule.policy) ? undefined : [namespaceOf(rule.policy)];
  const within = named ?? home;
  if (isNamespaceOnly(selector)) {
    if (within === undefined) return ['cluster'];
    if (within.length > 0) return within.map((namespace) => `${namespace}/*`);
  }
  const candidates =
    named === undefined && home
      ? home.flatMap((namespace) => facts.workloadsIn.get(namespace) ?? [])
      : facts.workloads;
  const services = candidates.filter((workload) => matchesEndpoints(selector, workload));
  if (services.length > 0) return services.map(serviceKey);
  return [`${within?.[0] ?? '*'}/{${textOf(selector)}}`];
}

/** A selector that selects nobody here, in a few words. */
function textOf(selector: unknown): string {
  const labels = Object.entries(pick(selector, 'matchLabels') ?? {});
  return labels
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
    .slice(0, 200);
}
