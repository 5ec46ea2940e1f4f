import { Fault } from '../../base/fault.ts';
import type { RotationPlan } from '../model/index.ts';

/** Whether the version before is taken away before the next rotation.
 *  @throws {Fault} `secrets/plan-invalid` */
export function checkOverlap({ overlapSeconds, everySeconds, jitter }: RotationPlan): void {
  if (overlapSeconds < everySeconds * (1 - jitter)) return;
  const hint = 'make overlapSeconds shorter than everySeconds, less the jitter';
  throw new Fault('secrets/plan-invalid', 'The overlap is longer than the interval', { hint });
}
