import type {
  LabelSelector,
  Network,
  NetworkPeer,
  NetworkPolicy,
  NetworkPortMatch,
  NetworkRule,
  NetworkWorkload,
} from '../../../estate/index.ts';
import type { ReachRow } from '../model.ts';

/** Networks for tests, in few words. */

const NAME = 'kubernetes.io/metadata.name';

export function sourceAt(line: number) {
  return { reader: 'kubernetes', how: 'configured', file: 'all.yaml', line, column: 1 } as const;
}

/** `shop/web`, labelled `app: web`, on port 8080 by the name `http`. */
export function workload(id: string, rest: Partial<NetworkWorkload> = {}): NetworkWorkload {
  const [namespace = '', name = ''] = id.split('/');
  return {
    namespace,
    name,
    kind: 'Deployment',
    service: name,
    labels: { app: name },
    serviceAccount: name,
    ports: [{ name: 'http', number: 8080, transport: 'TCP' }],
    hostNetwork: false,
    source: sourceAt(1),
    ...rest,
  };
}

/** Of `app=web,tier!=x,team,!old`. */
export function labels(text: string): LabelSelector {
  return text
    .split(',')
    .filter((term) => term !== '')
    .map((term) => {
      const [key = '', value = ''] = term.split(/!?=/);
      if (term.includes('!=')) return { key, operator: 'NotIn', values: [value] };
      if (term.includes('=')) return { key, operator: 'In', values: value.split('|') };
      if (term.startsWith('!')) return { key: term.slice(1), operator: 'DoesNotExist', values: [] };
      return { key, operator: 'Exists', values: [] };
    });
}

export function inNamespace(name: string): LabelSelector {
  return [{ key: NAME, operator: 'In', values: [name] }];
}

/** Pods of one namespace, or of all (`*`). */
export function pods(namespace: string, selector = ''): NetworkPeer {
  const namespaces = namespace === '*' ? [] : inNamespace(namespace);
  return { kind: 'pods', selector: { namespaces, pods: labels(selector) } };
}

export function block(cidr: string, ...except: string[]): NetworkPeer {
  return { kind: 'addresses', block: { cidr, except } };
}

/** `TCP 80`, `UDP 53-60`, `TCP http`. */
export function port(text: string): NetworkPortMatch {
  const [transport = 'TCP', what = ''] = text.split(' ');
  const over = transport as 'TCP' | 'UDP' | 'SCTP';
  if (!/^\d/.test(what)) return { kind: 'name', name: what, transport: over };
  const [first = 0, last = first] = what.split('-').map(Number);
  return { kind: 'numbers', transport: over, first, last };
}

export function rule(
  peers: readonly NetworkPeer[],
  ports?: readonly string[],
  rest: Partial<NetworkRule> = {},
): NetworkRule {
  return {
    action: 'allow',
    name: undefined,
    peers,
    ports: ports?.map(port),
    source: sourceAt(20),
    ...rest,
  };
}

export function policy(
  namespace: string,
  selector: string,
  rest: Partial<NetworkPolicy>,
): NetworkPolicy {
  return {
    title: `NetworkPolicy ${namespace}/p`,
    tier: 'network',
    priority: 0,
    subject: {
      namespaces: namespace === '*' ? [] : inNamespace(namespace),
      pods: labels(selector),
    },
    ingress: undefined,
    egress: undefined,
    source: sourceAt(10),
    ...rest,
  };
}

export function networkOf(
  workloads: readonly NetworkWorkload[],
  policies: readonly NetworkPolicy[] = [],
  rest: Partial<Network> = {},
): Network {
  const names = [...new Set(workloads.map(({ namespace }) => namespace))];
  return {
    namespaces: names.map((name) => ({ name, labels: { [NAME]: name } })),
    workloads,
    policies,
    entries: [],
    ...rest,
  };
}

export const EVERYTHING: NetworkPeer = { kind: 'everything' };

/** `shop/web -> shop/db: TCP 5432`. */
export function lines(rows: Iterable<ReachRow>): string[] {
  return [...rows].map(
    ({ from, to, protocol, ports, http }) =>
      `${from} -> ${to}: ${protocol === 'any' ? 'any' : `${protocol} ${ports}`}${http === null ? '' : ` [${http.join('; ')}]`}`,
  );
}
