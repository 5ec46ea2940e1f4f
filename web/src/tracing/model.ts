import type { z } from 'zod';
import type { ServiceBaseline } from '../../../src/tracing/baseline/model.ts';
import type { Feedback, Reached } from '../../../src/tracing/incidents/model.ts';
import type { IncidentSummary, IncidentView } from '../../../src/tracing/incidents/view.ts';
import type {
  AlertHop,
  EdgeEndpoint,
  GraphColumns,
  GraphEdge,
  GraphService,
  Sign,
} from '../../../src/tracing/model.ts';
import type { KeepReason } from '../../../src/tracing/traces/kept-trace.ts';
import type { Waterfall, WaterfallRow } from '../../../src/tracing/traces/waterfall/model.ts';

/** What the API tells of traces, as the console reads it. */

export type Baseline = z.infer<typeof ServiceBaseline>;
export type EdgeDetail = GraphEdge;
export type Edge = Omit<GraphEdge, 'endpoints'>;
export type EndpointOfEdge = z.infer<typeof EdgeEndpoint>;
export type ReachedOf = z.infer<typeof Reached>;
export type {
  AlertHop,
  Feedback,
  GraphColumns,
  GraphService,
  IncidentSummary,
  IncidentView,
  KeepReason,
  Sign,
  Waterfall,
  WaterfallRow,
};
export type ProposedAction = IncidentView['proposed'][number];
export type TakenAction = IncidentView['actions'][number];
export type RelatedIncident = IncidentView['related'][number];
export type Fix = IncidentView['fixes'][number];

export interface Graph {
  readonly services: readonly GraphService[];
  readonly edges: readonly Edge[];
  /** Of all that match, whatever the limit. */
  readonly edgeCount: number;
}

export interface TraceSummary {
  readonly id: string;
  readonly reasons: readonly KeepReason[];
  readonly time: string;
  readonly lastTime: string;
  readonly services: readonly string[];
  readonly spanCount: number;
}

export interface BlockedEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** Whoever is not one of the estate. */
export const OUTSIDE = '*';
