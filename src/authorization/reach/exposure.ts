import type { WorkloadEndpoint } from './endpoints.ts';
import type { Exposure } from './model.ts';
import type { PortSets } from './port-set.ts';
import type { Side } from './side.ts';

export function exposureOf(
  _one: WorkloadEndpoint,
  _side: Side,
  _sets: PortSets,
): readonly Exposure[] {
  return [];
}
