import type { z } from 'zod';
import { AgentConfig } from '../../identity/agent/index.ts';
import { SdsConfig } from '../../identity/sds/index.ts';
import { NodePodsConfig } from '../../server/node-pods.ts';

/** The file of `reeve agent --config`. */
export const AgentFileConfig = AgentConfig.extend({
  sds: SdsConfig.prefault({}),
  nodePods: NodePodsConfig.optional().describe(
    'Where this host is a node of Kubernetes: has workloads attested by their pods, too',
  ),
});
export type AgentFileConfig = z.infer<typeof AgentFileConfig>;
