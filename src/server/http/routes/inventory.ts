import { z } from 'zod';
import type { EstateStore } from '../../../estate/index.ts';
import type { DiscoveryFigures } from '../../../inventory/index.ts';
import type { IntakeStatus } from '../../intake/messages.ts';
import type { Summaries } from '../../summaries.ts';
import { type Operation, operation } from '../operation.ts';

const figures = {
  /** Endpoints that somebody declares. */
  declared: z.int(),
  /** Endpoints that were found: configured, implemented or observed. */
  discovered: z.int(),
  /** Endpoints that were found, and that nobody declares. */
  undeclared: z.int(),
  /** `undeclared` of `discovered`, 0 to 1. */
  share: z.number(),
  /** `undeclared` for each declared endpoint; null where nothing is declared. */
  excess: z.number().nullable(),
};
const Coverage = z.strictObject({
  ...figures,
  /** Services that have endpoints, and those of them with undeclared ones. */
  serviceCount: z.int(),
  gapCount: z.int(),
  /** The most undeclared first; a part of all, as asked for. */
  byService: z.array(z.strictObject({ service: z.string(), ...figures })),
  byEnvironment: z.array(z.strictObject({ environment: z.string(), ...figures })),
});

const Intake = z.strictObject({
  counts: z.array(
    z.strictObject({
      source: z.string(),
      outcome: z.enum(['taken', 'dropped', 'refused']),
      reason: z.string(),
      count: z.int(),
      lastAt: z.string(),
    }),
  ),
  /** Services that are seen to be asked. */
  services: z.int(),
  /** Nodes of path tries. */
  nodes: z.int(),
  /** Submissions that wait to be stored. */
  waiting: z.int(),
  journalBytes: z.int(),
});

export interface InventoryPorts {
  readonly store: EstateStore;
  /** What came in with traffic, and what is held of it. */
  readonly intake: () => IntakeStatus;
}

/** What the inventory covers, and what it learns from. */
export function inventoryOperations({ store, intake }: InventoryPorts): Operation[] {
  return [
    operation({
      id: 'get-coverage',
      method: 'GET',
      path: '/api/v1/inventory/coverage',
      tag: 'inventory',
      summary: 'What is discovered, against what is declared; null until the estate is judged',
      access: 'estate.read',
      query: z.strictObject({
        /** Services at most; the figures above them are of all. */
        services: z.coerce.number().int().min(0).max(10_000).default(100),
        /** Services to leave out first: those of the pages before. */
        skip: z.coerce.number().int().min(0).default(0),
      }),
      status: 200,
      response: z.strictObject({ coverage: Coverage.nullable(), at: z.iso.datetime().nullable() }),
      handle: async ({ query }) => {
        const coverage = (await store.summary('coverage')) as Summaries['coverage'] | undefined;
        return {
          coverage: coverage ? toPage(coverage, query.skip, query.services) : null,
          at: (await store.answers())?.at ?? null,
        };
      },
    }),
    operation({
      id: 'get-intake',
      method: 'GET',
      path: '/api/v1/intake',
      tag: 'inventory',
      summary: 'What came in with traffic, was dropped or refused, and why',
      access: 'estate.read',
      status: 200,
      response: Intake,
      handle: () => intake(),
    }),
  ];
}

function toPage(coverage: DiscoveryFigures, skip: number, limit: number) {
  const { byService } = coverage;
  return {
    ...coverage,
    serviceCount: byService.length,
    gapCount: byService.filter(({ undeclared }) => undeclared > 0).length,
    byService: byService.slice(skip, skip + limit),
  };
}
