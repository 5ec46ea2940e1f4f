import { z } from 'zod';
import type { LiveClusters } from '../../clusters.ts';
import { type Operation, operation } from '../operation.ts';
import { Diagnostic } from './diagnostic.ts';

const Cluster = z.strictObject({
  /** The cluster's name in the configuration. */
  name: z.string(),
  environment: z.string(),
  /** `starting`: not everything has been read yet; `current`: followed; `stale`: it was, and what is known is
   *  kept. */
  state: z.enum(['starting', 'current', 'stale']),
  /** Since when what is known may be old. */
  staleSince: z.iso.datetime().nullable(),
  /** Objects that are followed, and kinds of them. */
  objects: z.int(),
  kinds: z.int(),
  /** Kinds that cannot be read, as RBAC names them. */
  unread: z.array(z.string()),
  /** When what is known of its services last changed. */
  changedAt: z.iso.datetime().nullable(),
  diagnosticCount: z.int(),
  /** Why it cannot be followed now. */
  failure: z.string().nullable(),
});

/** The clusters that are read while they run. */
export function clusterOperations(clusters: LiveClusters): Operation[] {
  return [
    operation({
      id: 'list-clusters',
      method: 'GET',
      path: '/api/v1/clusters',
      tag: 'clusters',
      summary: 'The configured clusters, and how far reading each has come',
      access: 'estate.read',
      status: 200,
      response: z.strictObject({ items: z.array(Cluster) }),
      handle: () => ({ items: clusters.list() }),
    }),
    operation({
      id: 'list-cluster-diagnostics',
      method: 'GET',
      path: '/api/v1/clusters/{name}/diagnostics',
      tag: 'clusters',
      summary: 'What cannot be read of a cluster, and of its objects, at most the first 1,000',
      access: 'estate.read',
      params: z.strictObject({ name: z.string().max(63) }),
      status: 200,
      response: z.strictObject({ items: z.array(Diagnostic) }),
      handle: ({ params }) => ({ items: clusters.diagnostics(params.name) }),
    }),
  ];
}
