import { z } from 'zod';

const MAX_TTL_SECONDS = 604_800;
const name = z.string().min(1).max(253);

const KubernetesAgents = z.strictObject({
  cluster: name
    .default('default')
    .describe('Name of the cluster; `default` for one that has no name'),
  namespace: name.describe('Namespace of the agents'),
  serviceAccount: name.describe('Service account that the agents run as'),
});

const Limit = z.strictObject({
  agents: z
    .string()
    .min(1)
    .max(500)
    .regex(/^[\w./-]+\*?$/, { error: 'must be a name, or the beginning of names with `*`' })
    .describe('Name of an agent, such as `edge-1`, or what names begin with: `k8s/prod/*`'),
  allow: z
    .array(z.string().regex(/^(\/[\w.-]+)+\/?$/, { error: 'must be a path, such as `/ns/shop`' }))
    .max(200)
    .describe('Paths of SPIFFE IDs that it may hand out, with all below them; empty: none'),
});

/** How agents join, and what they may hand out. */
export const AgentsConfig = z.strictObject({
  host: z.string().min(1).default('127.0.0.1').describe('Address that agents connect to'),
  port: z.int().min(0).max(65_535).default(7_072).describe('Its port, always TLS; 0 picks one'),
  svidTtlSeconds: z
    .int()
    .min(60)
    .max(MAX_TTL_SECONDS)
    .default(14_400)
    .describe(
      "Lifetime of an agent's own identity, at most a sixth of its authority's: how long it may be away",
    ),
  kubernetes: z
    .array(KubernetesAgents)
    .max(100)
    .default([])
    .describe('Service accounts that are agents of their nodes'),
  limits: z
    .array(Limit)
    .max(1_000)
    .default([])
    .describe(
      'What agents may hand out, the first that fits; an agent without a limit: everything',
    ),
  maxConnections: z.int().min(1).max(65_535).default(4_096).describe('Connections at once'),
  failuresPerMinute: z
    .int()
    .min(1)
    .max(10_000)
    .default(30)
    .describe('Failed attempts to join that one address may make, in the long run'),
});
export type AgentsConfig = z.infer<typeof AgentsConfig>;
