import type { Clock } from '../../base/clock.ts';
import type { JudgePayload } from '../../estate/sighting/index.ts';
import type { InventoryConfig } from '../../inventory/index.ts';
import { PayloadSampler, SAMPLE_OUTCOMES } from '../../inventory/values/index.ts';
import type { IntakeCounts } from './counts.ts';

/** What sources are to show payloads to; undefined where nobody may look at them. Payloads are no
 *  requests, so what becomes of them is counted apart. */
export function payloadJudge(
  { allowed, ...limits }: InventoryConfig['payloadSamples'],
  clock: Clock,
  counts: IntakeCounts,
): JudgePayload | undefined {
  if (!allowed) return undefined;
  const sampler = new PayloadSampler(limits, clock, (outcome) => {
    const became = SAMPLE_OUTCOMES[outcome];
    counts.add('payload-samples', became, became === 'taken' ? '' : outcome);
  });
  return sampler.judge;
}
