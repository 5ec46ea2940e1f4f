import { entryOf, textAt } from '../../base/pick.ts';
import type { Resource } from '../kubernetes/resource.ts';
import type { Workload } from '../kubernetes/workload.ts';
import { type Admission, titleOf } from '../mesh/verdict.ts';
import type { LinkerdFacts } from './facts.ts';
import { type DefaultPolicy, defaultPolicyOf } from './inbound-mtls.ts';
import { admissionsThrough, serversOf } from './server.ts';

/** Callers that a default policy lets in. */
const CALLERS: Record<string, readonly string[]> = {
  'all-unauthenticated': ['*'],
  'cluster-unauthenticated': ['*'],
  audit: ['*'],
  'all-authenticated': ['*authenticated'],
  'cluster-authenticated': ['*authenticated'],
  deny: [],
};

/** What policies let into a workload: through each Server what its authorizations name, and on the
 *  ports without one what the default policy says. */
export function admissionsOf(workload: Workload, facts: LinkerdFacts): readonly Admission[] {
  const servers = serversOf(workload, facts);
  const covered = new Set(servers.map(({ port }) => port));
  const isCovered =
    workload.ports.length > 0 && workload.ports.every(({ number }) => covered.has(number));
  const throughServers = servers.flatMap(({ server }) => admissionsByServer(server, facts));
  if (isCovered) return throughServers;
  return [...throughServers, defaultAdmission(defaultPolicyOf(workload, facts))];
}

function admissionsByServer(server: Resource, facts: LinkerdFacts): Admission[] {
  const base = { effect: 'allow', layer: 'request' } as const;
  const accessPolicy = textAt(server.value, 'spec', 'accessPolicy') ?? 'deny';
  if (accessPolicy !== 'deny') {
    const from = entryOf(CALLERS, accessPolicy) ?? [];
    const at = { resource: server, path: ['spec', 'accessPolicy'] };
    return [
      {
        ...base,
        from,
        operations: ['*'],
        policy: titleOf(server),
        at,
        ...(from.includes('*') && { broad: `lets in every caller (accessPolicy ${accessPolicy})` }),
      },
    ];
  }
  const admissions = admissionsThrough(server, facts);
  if (admissions.length === 0) {
    const at = { resource: server, path: ['spec'] };
    return [{ ...base, from: [], operations: [], policy: titleOf(server), at }];
  }
  return admissions.map(({ resource, client, operations }) => ({
    ...base,
    from: client.from,
    operations,
    policy: titleOf(resource),
    at: { resource, path: ['spec'] },
    ...(operations.includes('*') && breadthOf(client.from)),
  }));
}

function breadthOf(from: readonly string[]): { broad?: string } {
  if (from.includes('*'))
    return { broad: 'lets in every caller, with an identity or without, to every operation' };
  if (from.includes('*authenticated'))
    return { broad: 'lets in every workload of the mesh to every operation' };
  return {};
}

function defaultAdmission(policy: DefaultPolicy): Admission {
  const from = entryOf(CALLERS, policy.name) ?? ['*'];
  return {
    effect: 'allow',
    layer: 'request',
    from,
    operations: from.length === 0 ? [] : ['*'],
    policy: 'default',
    at: policy.at,
    ...(policy.explicit &&
      from.includes('*') && {
        broad: `lets in every caller (default policy ${policy.name})`,
      }),
  };
}
