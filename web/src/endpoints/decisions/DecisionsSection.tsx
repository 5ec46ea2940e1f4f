import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Endpoint } from '../../../../src/estate/model.ts';
import type { StoredDecision } from '../../../../src/estate/store.ts';
import { AuditLine } from '../../components/AuditLine.tsx';
import { Moment } from '../../components/Moment.tsx';
import { ErrorNote } from '../../components/parts.tsx';
import { type ActionName, IN_FORCE } from './actions.ts';
import { readDecisions, readHistory } from './api.ts';
import { UndoDialog } from './UndoDialog.tsx';

interface Props {
  readonly endpoint: Endpoint;
  readonly onDecided: (words: string) => void;
}

const HISTORY = 5;

/** What people have decided about the endpoint and what holds of it, and who changed what before. */
export function DecisionsSection({ endpoint, onDecided }: Props) {
  const { id, decisions } = endpoint;
  const [undone, setUndone] = useState<ActionName>();
  const inForce = useQuery({
    queryKey: ['endpoints', 'decisions', id],
    queryFn: () => readDecisions(id),
    enabled: decisions.length > 0,
  });
  const items: readonly InForce[] = inForce.data?.items ?? decisions;
  return (
    <section>
      <h3>Decisions</h3>
      {decisions.length === 0 && <p className="dim">Nobody has decided anything about it.</p>}
      <ul className="decisions">
        {items.map((decision) => (
          <li key={decision.action}>
            <div>
              <b>{IN_FORCE[decision.action]}</b> {detailOf(decision)}
              <span className="dim">
                {' '}
                by {decision.by}, <Moment time={decision.at} />
              </span>
              {decision.reason !== '' && <p className="reason">{decision.reason}</p>}
            </div>
            <button type="button" onClick={() => setUndone(decision.action)}>
              Undo<span className="hidden"> {IN_FORCE[decision.action]}</span>
            </button>
          </li>
        ))}
      </ul>
      <History subject={id} />
      {undone !== undefined && (
        <UndoDialog
          endpoint={endpoint}
          action={undone}
          onClose={() => setUndone(undefined)}
          onDecided={(words) => {
            setUndone(undefined);
            onDecided(words);
          }}
        />
      )}
    </section>
  );
}

type InForce = Endpoint['decisions'][number] | StoredDecision;

/** What is decided, beside the action. */
function detailOf(decision: InForce): string {
  if ('owner' in decision) return `to ${decision.owner}`;
  if ('sensitivity' in decision || 'criticality' in decision) {
    const { sensitivity, criticality } = decision;
    const tags =
      sensitivity && (sensitivity.length === 0 ? 'nothing sensitive' : sensitivity.join(', '));
    return [tags, criticality && `criticality ${criticality}`].filter(Boolean).join('; ');
  }
  if ('until' in decision && decision.until !== undefined) return `until ${decision.until}`;
  return '';
}

function History({ subject }: { readonly subject: string }) {
  const { data, error } = useQuery({
    queryKey: ['audit', 'of', subject],
    queryFn: () => readHistory(subject, HISTORY),
  });
  if (error) return <ErrorNote error={error} />;
  if (data === undefined || data.items.length === 0) return null;
  return (
    <>
      <h4>History</h4>
      <ol className="history-list">
        {data.items.map((entry) => (
          <li key={entry.sequence}>
            <AuditLine entry={entry} />
          </li>
        ))}
      </ol>
      <Link to="/audit" search={{ subject }}>
        {data.total > data.items.length ? `All ${data.total} entries` : 'In the audit log'}
      </Link>
    </>
  );
}
