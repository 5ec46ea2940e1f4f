import { listAt, pick, textAt } from '../../base/pick.ts';
import type { Workload } from '../kubernetes/workload.ts';
import { type Admission, titleOf } from '../mesh/verdict.ts';
import { callersOf } from './callers.ts';
import { type CiliumFacts, type IngressRule, type PolicySpec, rulesOf, specsFor } from './facts.ts';

const MAX_OPERATIONS = 1_000;
const BROAD_WORDS: Record<string, string> = {
  '*': 'everyone',
  world: 'everyone outside the cluster',
  cluster: 'every pod of the cluster',
};

/** What Cilium's policies let into a workload and keep out: on the network layer, or by request where
 *  a rule names HTTP. Empty where no policy selects the workload, since everyone is let in then.
 *  @see https://docs.cilium.io/en/stable/security/policy/ */
export function admissionsOf(workload: Workload, facts: CiliumFacts): readonly Admission[] {
  return specsFor(workload, facts).flatMap((spec) => admissionsBy(spec, facts));
}

function admissionsBy(spec: PolicySpec, facts: CiliumFacts): Admission[] {
  const rules = rulesOf(spec);
  const admissions = rules.map((rule) => toAdmission(rule, facts));
  const allows = rules.some(({ effect }) => effect === 'allow');
  if (allows || !deniesByDefault(spec)) return admissions;
  // A policy that only keeps out still ends the state in which everyone is let in.
  const at = { resource: spec.policy, path: [...spec.path, 'ingressDeny'] };
  const nobody = { from: [], operations: [], policy: titleOf(spec.policy), at };
  return [...admissions, { effect: 'allow', layer: 'network', ...nobody }];
}

function deniesByDefault({ value }: PolicySpec): boolean {
  return (
    pick(value, 'enableDefaultDeny', 'ingress') !== false && listAt(value, 'ingressDeny').length > 0
  );
}

function toAdmission(rule: IngressRule, facts: CiliumFacts): Admission {
  const http = httpOperations(rule.value);
  const from = callersOf(rule, facts);
  const policy = titleOf(rule.policy);
  const admission = {
    effect: rule.effect,
    layer: http ? 'request' : 'network',
    from,
    operations: http ?? portsOf(rule.value),
    policy,
    at: { resource: rule.policy, path: rule.path },
  } as const;
  const broad = rule.effect === 'allow' && !http && !demandsAuthentication(rule) && breadthOf(from);
  return broad ? { ...admission, broad } : admission;
}

function breadthOf(from: readonly string[]): string | undefined {
  const word = from.find((one) => Object.hasOwn(BROAD_WORDS, one));
  return word && `lets in ${BROAD_WORDS[word]}, whatever they ask for`;
}

export function demandsAuthentication({ value }: IngressRule): boolean {
  const mode = textAt(value, 'authentication', 'mode');
  return mode === 'required' || mode === 'test-always-fail';
}

/** `METHOD /path` of a rule's HTTP rules, both regular expressions of Cilium; undefined where some port
 *  of it has none, and so lets every request through. */
function httpOperations(rule: unknown): readonly string[] | undefined {
  const ports = listAt(rule, 'toPorts');
  if (ports.length === 0) return undefined;
  const operations: string[] = [];
  for (const port of ports) {
    const http = pick(port, 'rules', 'http');
    if (!Array.isArray(http)) return undefined;
    for (const one of http.slice(0, MAX_OPERATIONS)) operations.push(toOperation(one));
  }
  if (operations.includes('*') || operations.length > MAX_OPERATIONS) return ['*'];
  return [...new Set(operations)];
}

/** On the network layer, ports say what is let in: `8080`, `8000-9000`, `53/UDP`. */
function portsOf(rule: unknown): readonly string[] {
  const ports = listAt(rule, 'toPorts').flatMap((item) =>
    listAt(item, 'ports').map((port) => {
      const first = textAt(port, 'port') ?? '0';
      const last = textAt(port, 'endPort');
      const protocol = textAt(port, 'protocol') ?? 'ANY';
      const range = first === '0' ? '*' : last === undefined ? first : `${first}-${last}`;
      return protocol === 'UDP' || protocol === 'SCTP' ? `${range}/${protocol}` : range;
    }),
  );
  const distinct = [...new Set(ports)].slice(0, MAX_OPERATIONS);
  return distinct.length === 0 || distinct.includes('*') ? ['*'] : distinct;
}

function toOperation(http: unknown): string {
  const method = textAt(http, 'method') ?? '*';
  const path = textAt(http, 'path') ?? '*';
  return method === '*' && path === '*' ? '*' : `${method} ${path}`;
}
