import { z } from 'zod';
import { messageOf } from '../../base/fault.ts';
import { AttestationConfig } from '../attestation/index.ts';
import { parseTrustDomain } from '../spiffe/index.ts';
import { WorkloadApiConfig } from '../workload-api/index.ts';

const MAX_TTL_SECONDS = 604_800;
const name = z.string().min(1).max(253);

const KubernetesAgents = z.strictObject({
  cluster: name.default('default').describe('Name of the cluster, one of `identity.clusters`'),
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

const TrustDomain = z.string().superRefine((text, context) => {
  try {
    parseTrustDomain(text);
  } catch (thrown) {
    context.addIssue({ code: 'custom', message: messageOf(thrown) });
  }
});
const file = z.string().min(1).max(4_096);

/** Everything that `reeve agent` can be told by a file; its options come before it. */
export const AgentConfig = z.strictObject({
  server: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .describe('Where the server listens to agents, such as `reeve.example.org:7072`'),
  trustDomain: TrustDomain.optional().describe('That of the server, such as `example.org`'),
  data: file.optional().describe("Data folder, with the agent's own identity in it"),
  trustBundleFile: file
    .optional()
    .describe('The trust bundle that the server is known by at first: SPIFFE bundle, or PEM'),
  trustBundleSha256: z
    .array(z.string().max(200))
    .max(10)
    .default([])
    .describe('Or SHA-256 of the public keys of authorities of it'),
  insecureBootstrap: z
    .boolean()
    .default(false)
    .describe('Or believe whoever answers first; never where others may answer'),
  joinTokenFile: file.optional().describe('File with the token to join with'),
  kubernetesTokenFile: file
    .optional()
    .describe('Or a projected service account token, whose account the server knows as an agent'),
  passphraseFile: file
    .optional()
    .describe("File with a passphrase that the agent's own key is encrypted with"),
  logLevel: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least severe messages in the log'),
  workloadApi: WorkloadApiConfig.prefault({}),
  attestation: AttestationConfig.pick({ workload: true }).prefault({}),
});
export type AgentConfig = z.infer<typeof AgentConfig>;
