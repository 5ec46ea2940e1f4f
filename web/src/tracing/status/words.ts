import type { z } from 'zod';
import type { TracingStatus } from '../../../../src/server/tracing/status.ts';
import type { TargetStatus } from '../../../../src/tracing/notify/channel.ts';
import { PAIRING_REASONS } from '../../../../src/tracing/pairing/reasons.ts';

/** What became of traces: what was followed, and what was refused or left out. */

type Status = z.infer<typeof TracingStatus>;
export type Loss = Status['losses'][number];

/** The answer of `GET /tracing`. */
export interface Standing {
  readonly isRunning: boolean;
  readonly status: Status;
  /** Alerts that wait to be written, and that were lost since there was no room for them. */
  readonly alerts: { readonly waiting: number; readonly lost: number };
  readonly targets: readonly Pick<
    TargetStatus,
    'name' | 'kind' | 'isFailing' | 'waiting' | 'lastDeliveredAt' | 'lastError'
  >[];
}

/** What says nothing of an attack, and is no loss: agents report twice, and not every span is a request. */
const HARMLESS: ReadonlySet<string> = new Set(['duplicate', 'nested', 'self-call', 'nameless']);

export function isHarmless({ stage, reason }: Loss): boolean {
  return stage === 'pairing' && HARMLESS.has(reason);
}

const STAGES: Readonly<Record<Loss['stage'], string>> = {
  pairing: 'Requests out of spans',
  graph: 'Call graph',
  names: 'Names',
  detections: 'Detections',
  traces: 'Traces that are kept',
};

export function stageWords(stage: Loss['stage']): string {
  return STAGES[stage];
}

const OTHERS: Readonly<Record<string, string>> = {
  'graph no room': 'relationships beyond the limit: tracing.graph',
  'names too many services':
    'services beyond the limit: tracing.names.maxServices; forged names do that',
  'names too many endpoints': 'operations beyond the limit: tracing.names.maxEndpoints',
  'names too many principals': 'identities beyond the limit: tracing.names.maxPrincipals',
  'names too many addresses': 'addresses beyond the limit: tracing.names.maxAddresses',
  'detections too many looks':
    'unusual requests of one caller in a minute, learnt apart where others of it told something: tracing.detections.maxLooks',
  'names too many versions': 'versions beyond the limit: tracing.names.maxVersions',
};

/** What a reason means, in words; the reason itself where it says so by itself. */
export function lossWords({ stage, reason }: Loss): string {
  const reasons: Readonly<Record<string, string>> = PAIRING_REASONS;
  if (stage === 'pairing' && Object.hasOwn(reasons, reason)) return reasons[reason] ?? reason;
  const key = `${stage} ${reason}`;
  return Object.hasOwn(OTHERS, key) ? (OTHERS[key] ?? reason) : reason;
}

/** Stage by stage: what is missing before what is harmless, and then what happened most. */
export function byStage(
  losses: readonly Loss[],
): readonly (readonly [Loss['stage'], readonly Loss[]])[] {
  const stages = Object.keys(STAGES) as Loss['stage'][];
  return stages
    .map((stage) => {
      const own = losses.filter((loss) => loss.stage === stage && loss.count > 0);
      own.sort((a, b) => Number(isHarmless(a)) - Number(isHarmless(b)) || b.count - a.count);
      return [stage, own] as const;
    })
    .filter(([, own]) => own.length > 0);
}
