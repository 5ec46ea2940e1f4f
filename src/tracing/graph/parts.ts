import type { TracingNames } from '../names.ts';
import type { EdgeRows } from './edge-rows.ts';
import type { ServiceRows } from './service-rows.ts';

/** All that a call graph counts. */
export interface GraphParts {
  readonly names: TracingNames;
  readonly edges: EdgeRows;
  readonly endpointEdges: EdgeRows;
  readonly services: ServiceRows;
}
