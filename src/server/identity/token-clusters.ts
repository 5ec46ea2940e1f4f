import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { type Cluster, type TokenApi, TokenCluster } from '../../identity/attestation/index.ts';

/** A cluster whose service account tokens prove what a pod is. */
export const TokenClusterConfig = z.strictObject({
  name: z.string().min(1).max(63).describe('One of `clusters`; becomes `k8s:cluster:NAME`'),
  audience: z
    .string()
    .min(1)
    .max(1_024)
    .default('reeve')
    .describe('What tokens must be made for: `audience` of their projected volume'),
  issuer: z
    .string()
    .min(1)
    .max(2_048)
    .optional()
    .describe('`iss` of its tokens; else as the cluster says'),
  verifiedBy: z
    .enum(['review', 'keys'])
    .default('review')
    .describe(
      '`review`: the cluster judges each token, and knows which pods are gone; `keys`: its public keys do, while it is away too',
    ),
});
export type TokenClusterConfig = z.infer<typeof TokenClusterConfig>;

export interface TokenClusters {
  /** Those whose issuer is known by now. */
  clusters(): readonly Cluster[];
  close(): void;
}

/** Keeps issuers and keys of clusters.
 *  @param apiOf the API server of a configured cluster */
export function keepTokenClusters(
  configs: readonly TokenClusterConfig[],
  apiOf: (name: string) => TokenApi,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): TokenClusters {
  const kept = configs.map(
    ({ name, ...config }) => new TokenCluster({ ...config, name, api: apiOf(name), clock, log }),
  );
  // a cluster that cannot be reached keeps nobody waiting: it is asked again
  for (const cluster of kept) void cluster.start();
  return {
    clusters: () => kept.flatMap(({ cluster }) => cluster ?? []),
    close: () => {
      for (const cluster of kept) cluster.close();
    },
  };
}
