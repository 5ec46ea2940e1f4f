/** Traces for governance: who calls whom, what is usual, and the stories of what is not. */
export { type EngineParts, TracingEngine } from './engine.ts';
export type { GraphQuery } from './graph/index.ts';
export { Alert, AlertHop, GraphEdge, GraphService, RankWord, Sign } from './model.ts';
export { TracingNames } from './names.ts';
export type {
  EstateView,
  KnownEndpoint,
  KnownService,
  PolicyWord,
  Resolver,
  TracedOperation,
} from './ports.ts';
export { TracingSettings } from './settings.ts';
