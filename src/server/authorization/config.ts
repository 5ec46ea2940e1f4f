import { z } from 'zod';
import { DecisionLogConfig } from '../../authorization/log/index.ts';

/** Who may call whom. */
export const AuthorizationConfig = z.strictObject({
  defaultMode: z
    .enum(['enforce', 'shadow'])
    .default('enforce')
    .describe(
      'What becomes of calls that nobody declares, to services whose declaration does not say it',
    ),
  meshTrustDomains: z
    .array(z.string().regex(/^[a-z0-9._-]{1,255}$/))
    .max(16)
    .default([])
    .describe(
      'Trust domains of meshes that are believed: `cluster.local` of Istio, where a service account is an identity',
    ),
  decisions: DecisionLogConfig.prefault({}),
});
export type AuthorizationConfig = z.infer<typeof AuthorizationConfig>;
