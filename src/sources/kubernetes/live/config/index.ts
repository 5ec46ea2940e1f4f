import { z } from 'zod';

/** A name of Kubernetes (DNS-1123 label), as namespaces have. */
const Label = z
  .string()
  .max(63)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'must be a name of Kubernetes, like `shop`');

/** A cluster that is read while it runs. */
export const ClusterConfig = z
  .strictObject({
    name: z
      .string()
      .max(63)
      .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'must read like `production` or `eu-1.shop`')
      .describe('Its name, in places of findings and in selectors (`k8s:cluster:NAME`)'),
    environment: z
      .string()
      .min(1)
      .optional()
      .describe("Environment of its services; else the server's"),
    kubeconfig: z
      .string()
      .min(1)
      .optional()
      .describe('Kubeconfig file; else $KUBECONFIG or ~/.kube/config. What it names is run'),
    context: z
      .string()
      .min(1)
      .optional()
      .describe('Context of the kubeconfig; else its current one'),
    inCluster: z
      .literal(true)
      .optional()
      .describe("Read the cluster that Reeve runs in, as the pod's service account"),
    namespaces: z
      .array(Label)
      .max(1_000)
      .default([])
      .describe("Read only these; name the mesh's own, too. Empty: all"),
    maxObjects: z
      .int()
      .min(1)
      .max(5_000_000)
      .default(200_000)
      .describe('Objects that are kept; more are left out'),
    maxMegabytes: z
      .int()
      .min(1)
      .max(16_384)
      .default(512)
      .describe('Size of what is kept of objects, as JSON; more is left out'),
  })
  .superRefine((cluster, context) => {
    if (cluster.inCluster && (cluster.kubeconfig ?? cluster.context) !== undefined) {
      const message = 'a cluster is read by inCluster or by a kubeconfig: leave one out';
      context.addIssue({ code: 'custom', path: ['inCluster'], message });
    }
  });
export type ClusterConfig = z.infer<typeof ClusterConfig>;

/** Every cluster that is read while it runs, each in a process of its own. */
export const ClustersConfig = z
  .array(ClusterConfig)
  .max(100)
  .default([])
  .superRefine((clusters, context) => {
    const seen = new Set<string>();
    clusters.forEach(({ name }, index) => {
      if (seen.has(name)) {
        const message = `another cluster is called ${name}`;
        context.addIssue({ code: 'custom', path: [index, 'name'], message });
      }
      seen.add(name);
    });
  });
export type ClustersConfig = z.infer<typeof ClustersConfig>;
