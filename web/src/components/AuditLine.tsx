import { actionWords } from '../../../src/audit/words.ts';
import type { AuditEntry } from '../../../src/estate/decision.ts';
import { Moment } from './Moment.tsx';

/** One entry on a line of its own: who, what, when, why. */
export function AuditLine({ entry }: { readonly entry: AuditEntry }) {
  return (
    <>
      <b>{entry.actor}</b> {actionWords(entry)}, <Moment time={entry.at} />
      {entry.reason !== '' && <span className="reason">: {entry.reason}</span>}
    </>
  );
}
