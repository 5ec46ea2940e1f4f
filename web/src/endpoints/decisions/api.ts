import type {
  AuditEntry,
  EndpointAction,
  TemplateCorrection,
} from '../../../../src/estate/decision.ts';
import type { Endpoint } from '../../../../src/estate/model.ts';
import type { StoredCorrection, StoredDecision } from '../../../../src/estate/store.ts';
import { get, type Page, send } from '../../api.ts';
import type { Action, ActionName, Draft } from './actions.ts';

/** What became of one endpoint of a decision. */
export interface DecisionResult {
  readonly endpoint: string;
  /** Its audit entry. */
  readonly sequence: number | null;
  /** Why it was refused. */
  readonly problem: { readonly message: string; readonly hint: string | null } | null;
  /** As judged after the decision; null while it is still being judged. */
  readonly state: Endpoint | null;
}

export interface Decided {
  readonly judged: boolean;
  readonly results: readonly DecisionResult[];
}

/** Most endpoints that one request decides. */
export const MAX_DECIDED = 500;

export function decide(endpoints: readonly string[], action: Action, draft: Draft) {
  const decision = { action: action.name, ...action.toBody(draft) } as EndpointAction;
  return send<Decided>('POST', '/endpoints/decisions', {
    endpoints,
    decision,
    reason: draft.reason.trim(),
  });
}

export function undo(endpoints: readonly string[], action: ActionName, reason: string) {
  return send<Decided>('POST', '/endpoints/decisions/undo', {
    endpoints,
    action,
    reason: reason.trim(),
  });
}

export function readDecisions(endpoint: string) {
  return get<{ items: readonly StoredDecision[] }>('/endpoints/decisions', { endpoint });
}

export function readHistory(subject: string, limit: number) {
  return get<Page<AuditEntry>>('/audit', { subject, limit });
}

/** A piece of OpenAPI 3.1 that declares endpoints of one service. */
export interface Fragment {
  readonly service: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly text: string;
  readonly notes: readonly string[];
}

export type FragmentFormat = 'yaml' | 'json';

/** Most endpoints that one fragment holds. */
export const MAX_FRAGMENT = 100;

/** @param ids endpoints of the service, at most `MAX_FRAGMENT` */
export function readFragment(service: string, ids: readonly string[], format: FragmentFormat) {
  const query = new URLSearchParams([
    ['service', service],
    ['format', format],
    ...ids.map((id) => ['endpoint', id]),
  ]);
  return get<Fragment>(`/endpoints/specification?${query}`);
}

export interface PreviewedEndpoint {
  readonly method: string;
  readonly template: string;
  readonly requests: number;
}

/** What a correction would change: only endpoints that are not the same before and after. */
export interface TemplatePreview {
  readonly before: readonly PreviewedEndpoint[];
  readonly after: readonly PreviewedEndpoint[];
  /** Where requests would be counted, at most 3. */
  readonly examples: readonly { method: string; before: string; after: string }[];
  /** Why nothing would change; null where something would. */
  readonly note: string | null;
}

export function readCorrections(service: string) {
  return get<{ items: readonly StoredCorrection[] }>('/templates/corrections', { service });
}

export function previewCorrection(service: string, correction: TemplateCorrection) {
  return send<TemplatePreview>('POST', '/templates/corrections/preview', { service, correction });
}

export function correct(service: string, correction: TemplateCorrection, reason: string) {
  return send<{ note: string | null }>('POST', '/templates/corrections', {
    service,
    correction,
    reason: reason.trim(),
  });
}

export function uncorrect(id: string) {
  return send('DELETE', `/templates/corrections/${encodeURIComponent(id)}`);
}
