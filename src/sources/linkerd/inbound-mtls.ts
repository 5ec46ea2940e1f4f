import { entryOf, textAt } from '../../base/pick.ts';
import type { Posture } from '../../estate/index.ts';
import type { Resource } from '../kubernetes/resource.ts';
import type { Workload } from '../kubernetes/workload.ts';
import { type InboundVerdict, type Place, titleOf } from '../mesh/verdict.ts';
import type { LinkerdFacts } from './facts.ts';
import { membershipOf } from './injection.ts';
import { admissionsThrough, serversOf } from './server.ts';
import { skippedPorts } from './skipped-ports.ts';

export const DEFAULT_POLICY = 'config.linkerd.io/default-inbound-policy';

/** What a default policy lets in; `deny` lets in nobody, and so nobody without a name. */
const INBOUND: Record<string, Posture['inbound']> = {
  'all-unauthenticated': 'permissive',
  'cluster-unauthenticated': 'permissive',
  audit: 'permissive',
  'all-authenticated': 'strict',
  'cluster-authenticated': 'strict',
  deny: 'strict',
};

/** The policy of every port without a Server, and what says so. */
export interface DefaultPolicy {
  readonly name: string;
  readonly because: string;
  readonly at: Place;
  readonly explicit: boolean;
}

/** The pod's annotation wins over the namespace's, that over the installation's, and that over
 *  `all-unauthenticated`.
 *  @see https://linkerd.io/2/features/server-policy/#default-policies */
export function defaultPolicyOf(workload: Workload, facts: LinkerdFacts): DefaultPolicy {
  const { podAnnotations, namespaceAnnotations, podSpecPath, resource } = workload;
  const onPod = podAnnotations[DEFAULT_POLICY];
  if (onPod !== undefined) {
    const path = [...podSpecPath.slice(0, -1), 'metadata', 'annotations', DEFAULT_POLICY];
    return {
      name: onPod,
      because: `the pod's default policy is ${onPod}`,
      at: { resource, path },
      explicit: true,
    };
  }
  const onNamespace = namespaceAnnotations[DEFAULT_POLICY];
  if (onNamespace !== undefined) {
    return {
      name: onNamespace,
      because: `the default policy of namespace ${workload.namespace ?? 'default'} is ${onNamespace}`,
      at: placeOnNamespace(workload, facts),
      explicit: true,
    };
  }
  const name = facts.defaultPolicy ?? 'all-unauthenticated';
  const because =
    facts.defaultPolicy === undefined
      ? `no policy is set, and the default is ${name}`
      : `the default policy of the installation is ${name}`;
  return { name, because, at: { resource, path: ['metadata', 'name'] }, explicit: false };
}

function placeOnNamespace(workload: Workload, { cluster }: LinkerdFacts): Place {
  const namespace: Resource | undefined = cluster
    .of('', 'Namespace')
    .find(({ name }) => name === (workload.namespace ?? 'default'));
  return {
    resource: namespace ?? workload.resource,
    path: ['metadata', 'annotations', DEFAULT_POLICY],
  };
}

/** Judges what a workload lets in: the default policy for ports without a Server, and for each port
 *  with one, whether everything that lets callers through it demands mTLS. Skipped ports bypass the
 *  proxy. */
export function inboundMtls(workload: Workload, facts: LinkerdFacts): readonly InboundVerdict[] {
  const membership = membershipOf(workload, facts);
  if (!membership.member) {
    const { because, at } = membership;
    return [{ inbound: 'disabled', because, at, explicit: false }];
  }
  const assumed = membership.because === undefined ? '' : ` (${membership.because})`;
  const policy = defaultPolicyOf(workload, facts);
  const general: InboundVerdict = {
    inbound: entryOf(INBOUND, policy.name) ?? 'unknown',
    because: policy.because + assumed,
    at: policy.at,
    explicit: policy.explicit,
  };
  const skipped = skippedPorts(workload);
  const open = new Set(skipped.map(({ port }) => port));
  const served = new Map<number, InboundVerdict>();
  for (const { server, port } of serversOf(workload, facts)) {
    // Servers may not overlap; the first that was made counts.
    if (open.has(port) || served.has(port)) continue;
    served.set(port, verdictOf(server, port, facts, assumed));
  }
  return [general, ...served.values(), ...skipped];
}

function verdictOf(
  server: Resource,
  port: number,
  facts: LinkerdFacts,
  assumed: string,
): InboundVerdict {
  const title = titleOf(server);
  const accessPolicy = textAt(server.value, 'spec', 'accessPolicy') ?? 'deny';
  if (accessPolicy !== 'deny') {
    return {
      inbound: entryOf(INBOUND, accessPolicy) ?? 'unknown',
      port,
      because: `${title} has accessPolicy ${accessPolicy}${assumed}`,
      at: { resource: server, path: ['spec', 'accessPolicy'] },
      explicit: true,
    };
  }
  const admissions = admissionsThrough(server, facts);
  const lax = admissions.find(({ client }) => !client.isAuthenticated);
  const at = { resource: lax?.resource ?? server, path: ['spec'] };
  if (lax) {
    const because = `${titleOf(lax.resource)} lets callers without mTLS through ${title}${assumed}`;
    return { inbound: 'permissive', port, because, at, explicit: true };
  }
  const by = admissions.map(({ resource }) => titleOf(resource)).slice(0, 3);
  const because =
    by.length === 0
      ? `${title} lets nobody in`
      : `${title} lets in only what ${by.join(', ')} authenticate${by.length === 1 ? 's' : ''}`;
  return { inbound: 'strict', port, because: because + assumed, at, explicit: true };
}
