/** The shapes of what tracing tells, and nothing of what makes it: whoever only shows it loads no more. */
export { ServiceBaseline } from '../baseline/model.ts';
export { AlertHop, GraphColumns, GraphEdge, GraphService, RankWord, Sign } from '../model.ts';
export { KEEP_REASONS } from '../traces/kept-trace.ts';
export { Waterfall } from '../traces/waterfall/model.ts';
