import { compareDiagnostics, type Diagnostic } from '../../base/diagnostic.ts';
import { quote } from '../../base/fault.ts';
import type {
  Network,
  NetworkEntry,
  NetworkPolicy,
  NetworkPortMatch,
  NetworkRule,
  Source,
} from '../../estate/index.ts';
import type { Endpoint, WorkloadEndpoint } from './endpoints.ts';
import { selectorText } from './exposure/words.ts';
import type { Selection } from './selection.ts';
import type { Direction } from './verdict.ts';

/** What is odd about policies, though the API server takes it: each is most often a slip of the pen.
 *  `isBlocked` tells whether policies keep the controller away from a port that it leads to. */
export function lint(
  { policies, entries }: Network,
  selection: Selection,
  isBlocked: (entry: NetworkEntry) => boolean,
): readonly Diagnostic[] {
  return [
    ...policies.flatMap((policy) => lintPolicy(policy, selection)),
    ...sharedPriorities(policies),
    ...entries
      .filter(isBlocked)
      .map(({ source, workload, port }) =>
        warn(
          source,
          'entry-blocked',
          `leads to ${quote(workload, 130)}, whose policies let no pod of unknown labels in on port ${port}`,
          'if the controller is let in by its labels, nothing is wrong: they are not known here',
        ),
      ),
  ].sort(compareDiagnostics);
}

function lintPolicy(policy: NetworkPolicy, selection: Selection): readonly Diagnostic[] {
  const subjects = selection.workloads(policy.subject);
  if (subjects.length === 0) {
    const who = selectorText(policy.subject);
    return [
      warn(policy.source, 'policy-selects-nobody', `selects ${who}, and no workload is there`),
    ];
  }
  return (['ingress', 'egress'] as const).flatMap((direction) =>
    (policy[direction] ?? []).flatMap((rule) => lintRule(rule, direction, subjects, selection)),
  );
}

function lintRule(
  rule: NetworkRule,
  direction: Direction,
  subjects: readonly WorkloadEndpoint[],
  selection: Selection,
): readonly Diagnostic[] {
  const absent = rule.peers.flatMap((peer) =>
    peer.kind === 'pods' && selection.workloads(peer.selector).length === 0
      ? [selectorText(peer.selector)]
      : [],
  );
  const called = direction === 'ingress' ? subjects : workloadsOf(rule, subjects, selection);
  return [
    ...absent.map((who) =>
      warn(rule.source, 'peer-selects-nobody', `speaks of ${who}, and no workload is there`),
    ),
    ...(rule.ports ?? []).flatMap((port) => lintPort(port, rule, called)),
  ];
}

/** The workloads that a rule of egress leads to; undefined where it leads everywhere. */
function workloadsOf(
  { peers }: NetworkRule,
  [subject]: readonly WorkloadEndpoint[],
  selection: Selection,
): readonly Endpoint[] | undefined {
  const home = subject?.namespaceLabels ?? {};
  const found: Endpoint[] = [];
  for (const peer of peers) {
    if (peer.kind === 'everything') return undefined;
    if (peer.kind === 'pods') found.push(...selection.peers(peer, home));
  }
  return found;
}

function lintPort(
  port: NetworkPortMatch,
  { peers, source }: NetworkRule,
  called: readonly Endpoint[] | undefined,
): readonly Diagnostic[] {
  if (port.kind !== 'name' || !called) return [];
  const isKnown = called.some(
    (one) =>
      one.type === 'workload' &&
      one.ports.some(
        ({ name, transport }) =>
          name === port.name && (port.transport === undefined || port.transport === transport),
      ),
  );
  if (isKnown) return [];
  const name = quote(port.name);
  const addresses = peers.length > 0 && peers.every(({ kind }) => kind === 'addresses');
  const why = addresses
    ? `names port ${name} of addresses, which have no names of ports`
    : `names port ${name}, which no pod that it speaks of has`;
  return [warn(source, 'port-unknown', `${why}, so it matches nothing`)];
}

/** Which of two policies of one priority goes first is open. */
function sharedPriorities(policies: readonly NetworkPolicy[]): readonly Diagnostic[] {
  const ordered = policies.filter(({ tier }) => tier !== 'network');
  const shared = Map.groupBy(ordered, ({ tier, priority }) => `${tier} ${priority}`);
  return [...shared.values()].flatMap(([first, ...rest]) =>
    rest.map(({ source, title, priority }) =>
      warn(
        source,
        'priority-shared',
        `${title} has priority ${priority}, as ${first?.title} has: which of them decides is left open by Kubernetes`,
        'give each policy of a tier a priority of its own',
      ),
    ),
  );
}

function warn(source: Source, code: string, message: string, hint?: string): Diagnostic {
  const { file, line, column } = source;
  return {
    severity: 'warning',
    code: `reach/${code}`,
    message,
    ...(hint !== undefined && { hint }),
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  };
}
