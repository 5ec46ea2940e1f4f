import { z } from 'zod';
import { messageOf } from '../../base/fault.ts';
import { AgentsConfig } from '../../identity/agent/index.ts';
import { AttestationConfig } from '../../identity/attestation/index.ts';
import { AuthorityConfig } from '../../identity/authority/index.ts';
import { FederationConfig } from '../../identity/federation/index.ts';
import { RegistrationConfig } from '../../identity/registration/index.ts';
import { SdsConfig } from '../../identity/sds/index.ts';
import { parseTrustDomain } from '../../identity/spiffe/index.ts';
import { WorkloadApiConfig } from '../../identity/workload-api/index.ts';

import { TokenClusterConfig } from './token-clusters.ts';

const TrustDomain = z.string().superRefine((text, context) => {
  try {
    parseTrustDomain(text);
  } catch (thrown) {
    context.addIssue({ code: 'custom', message: messageOf(thrown) });
  }
});

/** Who gets which identity, and what signs it. */
export const IdentityConfig = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether identities are issued at all'),
  trustDomain: TrustDomain.default('reeve.local').describe(
    'Of all identities that are issued here; another one later makes every identity another',
  ),
  authority: AuthorityConfig.prefault({}),
  registration: RegistrationConfig.prefault({}),
  attestation: AttestationConfig.prefault({}),
  workloadApi: WorkloadApiConfig.prefault({}),
  sds: SdsConfig.prefault({}),
  federation: FederationConfig.prefault({}),
  clusters: z
    .array(TokenClusterConfig)
    .max(100)
    .default([])
    .describe('Clusters whose service account tokens prove what a pod is'),
  agents: AgentsConfig.optional().describe(
    'Lets agents of other machines join; nobody is let in where it is left out',
  ),
});
export type IdentityConfig = z.infer<typeof IdentityConfig>;
