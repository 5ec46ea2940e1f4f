import type { JudgedEstate } from '../estate/index.ts';
import { type DiscoveryFigures, discoveredAgainstDeclared } from '../inventory/index.ts';
import { type OwnerQueue, queues } from '../inventory/workflow/index.ts';

/** What is published with the estate, so that it need not be counted again for each who asks. */
export interface Summaries {
  readonly queues: readonly OwnerQueue[];
  readonly coverage: DiscoveryFigures;
}

export function summarise({ endpoints }: Pick<JudgedEstate, 'endpoints'>): Summaries & {
  readonly [name: string]: unknown;
} {
  return { queues: queues(endpoints), coverage: discoveredAgainstDeclared(endpoints) };
}
