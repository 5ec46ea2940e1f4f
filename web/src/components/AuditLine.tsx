import type { AuditEntry } from '../../../src/estate/decision.ts';
import { Moment } from './Moment.tsx';

/** What an entry of the audit log says was done. */
export function actionWords({ action }: Pick<AuditEntry, 'action'>): string {
  return ACTION_WORDS[action] ?? action;
}

/** Every action of the audit log, continuing who did it. */
export const ACTION_WORDS: Readonly<Record<string, string>> = {
  'endpoint.adopt': 'adopted',
  'endpoint.assign': 'assigned',
  'endpoint.deprecate': 'deprecated',
  'endpoint.block': 'blocked',
  'endpoint.accept': 'accepted the risk',
  'endpoint.tag': 'tagged',
  'endpoint.undo': 'took back a decision',
  'template.merge': 'merged templates',
  'template.split': 'split a template',
  'template.rename': 'renamed a template',
  'template.undo': 'took back a correction',
};

/** The change itself in few words: `owner: team-orders; until: 2026-05-03`. */
export function changeWords({ detail }: Pick<AuditEntry, 'detail'>): string {
  return Object.entries(detail)
    .map(([key, value]) => `${key}: ${Array.isArray(value) ? value.join(', ') : toText(value)}`)
    .join('; ');
}

function toText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One entry on a line of its own: who, what, when, why. */
export function AuditLine({ entry }: { readonly entry: AuditEntry }) {
  return (
    <>
      <b>{entry.actor}</b> {actionWords(entry)}, <Moment time={entry.at} />
      {entry.reason !== '' && <span className="reason">: {entry.reason}</span>}
    </>
  );
}
