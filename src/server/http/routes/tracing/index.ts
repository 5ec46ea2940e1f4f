import type { TracingDomain } from '../../../tracing/domain.ts';
import type { Operation } from '../../operation.ts';
import { graphOperations } from './graph.ts';
import { incidentOperations } from './incidents.ts';

/** The call graph, traces, what is usual, and incidents. */
export function tracingOperations(domain: TracingDomain): Operation[] {
  return [...graphOperations(domain), ...incidentOperations(domain)];
}
