import type { Alert, GraphEdge, GraphService } from '../../tracing/index.ts';
import type { LeftOut } from '../discover/left-out.ts';

/** What `--format json` prints. */
export interface GraphReport {
  readonly services: readonly GraphService[];
  readonly edges: readonly GraphEdge[];
  /** The worst first, then by time. */
  readonly alerts: readonly Alert[];
}

/** What is said of it beside. */
export interface GraphContext {
  readonly files: number;
  readonly spans: number;
  /** Milliseconds since 1970: the first span and the last, and until when nothing was judged. */
  readonly from: number;
  readonly to: number;
  readonly baselineUntil: number;
  readonly leftOut: readonly LeftOut[];
}
