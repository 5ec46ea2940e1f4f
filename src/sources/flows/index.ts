/** Exports of flows: who called whom, as a mesh saw it. */
export { FlowLines, type FlowPorts, MAX_LINE_LENGTH, readFlows } from './flow-lines.ts';
export { FLOW_REASONS, type FlowReason } from './reasons.ts';
