/** What the readers of logged requests share. */
export { credentialOf } from './credential.ts';
export { Parties } from './parties.ts';
export { isOperationalAgent } from './probe-agents.ts';
export { samplesOfQuery } from './query-sample.ts';
export {
  isGrpcPath,
  isPath,
  parameterNames,
  parseHost,
  splitTarget,
  type Target,
  usableTarget,
} from './target.ts';
export {
  CONTEXT_HEADERS,
  type ContextHeader,
  type TraceContext,
  traceContextOf,
} from './trace-context.ts';
