import { z } from 'zod';
import type { SecretMetadata } from '../../../../secrets/keeping/index.ts';
import { Revocation, RotationPlan, RotationRun, Secret } from '../../../../secrets/model/index.ts';
import type { SecretProblem } from '../../../secrets/problems.ts';

const Count = z.int().min(0);

/** What is wrong with how a secret is kept fresh. */
export const ProblemView = z.strictObject({
  /** `missed`, `stuck`, `waiting` … */
  problem: z.string(),
  /** What it means, in a sentence. */
  title: z.string(),
  ageSeconds: Count,
  why: z.string().nullable(),
  hint: z.string().nullable(),
  /** The version that it is about; null: the secret as a whole. */
  version: z.int().nullable(),
});

const Labels = Secret.shape.labels;
const Plan = RotationPlan.omit({ config: true });
const { createdAt, expiresAt, revokedAt, leakedAt } = Secret.shape.versions.element.shape;

const VersionView = z.strictObject({
  number: z.int(),
  ...{ createdAt, expiresAt, revokedAt, leakedAt },
  revocation: Revocation.nullable(),
  /** Whether the value is still there. */
  isKept: z.boolean(),
});

const common = {
  ...Secret.pick({ id: true, name: true, service: true, kind: true, consumers: true }).shape,
  /** The team that answers: who was named, else who owns the service; null: nobody is known. */
  owner: z.string().nullable(),
  ...Secret.pick({ createdAt: true, createdBy: true, lastRotated: true, nextRotation: true }).shape,
  labels: Labels,
};

/** A secret as lists have it. */
export const SecretItem = z.strictObject({
  ...common,
  /** How many versions something is known of. */
  versions: Count,
  /** When the current value ends by itself; null: it does not, or there is none. */
  expiresAt: z.string().nullable(),
  plan: Plan.pick({ rotator: true, everySeconds: true }).nullable(),
  run: RotationRun.pick({ step: true, why: true, waits: true }).nullable(),
  /** Ids of its problems. */
  problems: z.array(z.string()),
});
export type SecretItem = z.infer<typeof SecretItem>;

/** All that may be known of a secret without its values. */
export const SecretView = z.strictObject({
  ...common,
  /** Who was named to answer for it; null: whoever owns its service. */
  namedOwner: z.string().nullable(),
  /** Oldest first. */
  versions: z.array(VersionView),
  /** Without the configuration of its rotator. */
  plan: Plan.nullable(),
  run: RotationRun.nullable(),
  problems: z.array(ProblemView),
});
export type SecretView = z.infer<typeof SecretView>;

/** What is known of a secret beside what is stored. */
export interface Around {
  readonly owner: string | null;
  readonly problems: readonly SecretProblem[];
}

export function toItem(secret: SecretMetadata, { owner, problems }: Around): SecretItem {
  const { versions, plan, run, labels } = secret;
  const current = versions.find(({ number }) => number === labels.current);
  return {
    ...toCommon(secret, owner),
    versions: versions.length,
    expiresAt: current?.expiresAt ?? null,
    plan: plan && { rotator: plan.rotator, everySeconds: plan.everySeconds },
    run: run && { step: run.step, why: run.why, waits: run.waits },
    problems: [...new Set(problems.map(({ problem }) => problem))],
  };
}

export function toView(secret: SecretMetadata, { owner, problems }: Around): SecretView {
  const { versions, plan, run } = secret;
  return {
    ...toCommon(secret, owner),
    namedOwner: secret.owner,
    versions: versions.map(({ fingerprints: _, ...version }) => version),
    ...{ plan, run },
    problems: problems.map(({ problem, title, ageSeconds, why, hint, version = null }) => ({
      ...{ problem, title, ageSeconds, why, hint, version },
    })),
  };
}

function toCommon(secret: SecretMetadata, owner: string | null) {
  const { id, name, service, kind, consumers, createdAt, createdBy } = secret;
  const { lastRotated, nextRotation, labels } = secret;
  return {
    ...{ id, name, service, kind, consumers, owner, createdAt, createdBy },
    ...{ lastRotated, nextRotation, labels },
  };
}
