import type { RotationPlan, Secret, SecretVersion } from '../model/index.ts';

/** All that may be known of a secret without its values: what this process holds in memory, and what lists show. */
export interface SecretMetadata extends Omit<Secret, 'versions' | 'plan'> {
  readonly versions: readonly (Omit<SecretVersion, 'envelope'> & { readonly isKept: boolean })[];
  /** Without the rotator's configuration. */
  readonly plan: Omit<RotationPlan, 'config'> | null;
}

export function toMetadata({ versions, plan, ...rest }: Secret): SecretMetadata {
  return {
    ...rest,
    versions: versions.map(({ envelope, ...version }) => ({
      ...version,
      isKept: envelope !== null,
    })),
    plan: plan && withoutConfig(plan),
  };
}

function withoutConfig({ config: _, ...plan }: RotationPlan): Omit<RotationPlan, 'config'> {
  return plan;
}
