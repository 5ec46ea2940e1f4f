import { z } from 'zod';
import { RotationPlan } from '../../../../secrets/model/index.ts';

const HOUR = 3_600;

/** How a secret is renewed, as people say it. */
export const PlanInput = RotationPlan.extend({
  config: z.unknown().default({}),
  admin: RotationPlan.shape.admin.default(null),
  jitter: RotationPlan.shape.jitter.default(0.1),
  windows: RotationPlan.shape.windows.max(50).default([]),
  /** Absent: an hour, or a quarter of the interval where that is shorter. */
  overlapSeconds: RotationPlan.shape.overlapSeconds.exactOptional(),
});

export function toPlan(input: z.infer<typeof PlanInput>): RotationPlan {
  const overlapSeconds = Math.min(HOUR, Math.floor(input.everySeconds / 4));
  return { overlapSeconds, ...input };
}
