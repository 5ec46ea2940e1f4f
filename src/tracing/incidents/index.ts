export { INCIDENT_STATES, type IncidentNotice, IncidentState } from '../notice.ts';
export type { ActionState } from './actions.ts';
export { IncidentsConfig } from './config.ts';
export { type Edge, edgeGuardrail, edgeOf, edgeSubject } from './edge.ts';
export type { Fix } from './fixes.ts';
export type { ChangesOfStore } from './following.ts';
export { belongsTo, type Way } from './grouping.ts';
export { type IncidentFilter, Incidents, type IncidentsParts } from './incidents.ts';
export {
  ACTION_KINDS,
  type ActionKind,
  type Asking,
  type BlastRadius,
  Feedback,
  Incident,
  Reached,
  TakenAction,
} from './model.ts';
export { noticeOf } from './notice-of.ts';
export type {
  ActionPorts,
  FeedbackPort,
  IncidentEstate,
  KnownFinding,
  KnownLease,
  PermissiveService,
  ReadableCredential,
} from './ports.ts';
export type { ProposedAction } from './propose.ts';
export type { RelatedIncident } from './related.ts';
export { MOVES, type Move } from './states.ts';
export type { IncidentSummary, IncidentView } from './view.ts';
