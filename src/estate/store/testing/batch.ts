import type { Fact } from '../../fact.ts';

/** What the writing program folds at one time. */
export interface Batch {
  readonly number: number;
  readonly facts: readonly Fact[];
}

const FACTS_PER_BATCH = 50;

/** The facts of one batch are found again by the batch's number. */
export function batchOf(number: number): Batch {
  const facts = Array.from({ length: FACTS_PER_BATCH }, (_, index): Fact => {
    const name = `service-${number}-${index}`;
    return {
      entity: 'service',
      id: `production/shop/${name}`,
      environment: 'production',
      namespace: 'shop',
      name,
      aliases: [`${name}.shop.svc.cluster.local`],
      source: { reader: 'kubernetes', how: 'configured', file: `${name}.yaml`, line: 1 },
    };
  });
  return { number, facts };
}
