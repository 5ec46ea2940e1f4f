import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get } from '../../api.ts';
import { Moment } from '../../components/Moment.tsx';
import { ErrorNote } from '../../components/parts.tsx';
import { Table } from '../../identity/PagedTable.tsx';
import type { BlockedEdge, Feedback } from '../model.ts';
import { kindWords } from '../words.ts';
import { useAsking } from './use-asking.tsx';
import { edgeWords, STATE_TONES } from './words.ts';

/** What people have said of incidents, which outlives them. */
export function LearntSection() {
  const { ask, shown } = useAsking();
  const { data, error } = useQuery({
    queryKey: ['incidents', 'feedback'],
    queryFn: () => get<{ items: readonly Feedback[] }>('/incident-feedback'),
  });
  return (
    <>
      {shown}
      {error && <ErrorNote error={error} />}
      {data?.items.length === 0 && <p className="empty">Nobody has said what an incident was.</p>}
      {data && data.items.length > 0 && (
        <Table
          caption="What was learnt"
          items={data.items}
          keyOf={({ id }) => id}
          columns={[
            {
              title: 'Incident',
              cell: ({ id }) => (
                <Link to="/incidents/$id" params={{ id }}>
                  <code>{id}</code>
                </Link>
              ),
            },
            {
              title: 'It was',
              cell: ({ verdict }) => (
                <span className={`badge ${STATE_TONES[verdict]}`}>{verdict}</span>
              ),
            },
            { title: 'Of', cell: ({ patterns }) => patternWords(patterns) },
            { title: 'Why', cell: ({ reason }) => reason },
            {
              title: 'Said by',
              cell: ({ by, at }) => (
                <span>
                  {by}, <Moment time={at} />
                </span>
              ),
            },
            {
              title: 'Change',
              cell: ({ id, verdict }) => (
                <button
                  type="button"
                  onClick={() =>
                    ask({
                      title: `Take back that it was ${verdict}`,
                      explanation:
                        'It is no longer learnt from; an incident that is still there is open again.',
                      label: 'Take back',
                      path: `/incident-feedback/${encodeURIComponent(id)}/take-back`,
                      needsReason: true,
                      done: 'It is taken back',
                    })
                  }
                >
                  Take back
                </button>
              ),
            },
          ]}
        />
      )}
    </>
  );
}

const MAX_PATTERNS = 3;

function patternWords(patterns: Feedback['patterns']): string {
  const lines = patterns.map((pattern) => `${kindWords(pattern.kind)} ${edgeWords(pattern)}`);
  const shown = [...new Set(lines)];
  const more = shown.length - MAX_PATTERNS;
  return `${shown.slice(0, MAX_PATTERNS).join('; ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Calls that are forbidden because of incidents, until somebody opens them. */
export function BlockedSection() {
  const { ask, shown } = useAsking();
  const { data, error } = useQuery({
    queryKey: ['incidents', 'blocked'],
    queryFn: () => get<{ items: readonly BlockedEdge[] }>('/blocked-edges'),
  });
  return (
    <>
      {shown}
      {error && <ErrorNote error={error} />}
      {data?.items.length === 0 && (
        <p className="empty">No call is blocked because of an incident.</p>
      )}
      {data && data.items.length > 0 && (
        <Table
          caption="Blocked calls"
          items={data.items}
          keyOf={({ id }) => id}
          columns={[
            { title: 'Calls', cell: (edge) => edgeWords(edge) },
            { title: 'Why', cell: ({ reason }) => reason },
            {
              title: 'Change',
              cell: (edge) => (
                <button
                  type="button"
                  onClick={() =>
                    ask({
                      title: `Open ${edgeWords(edge)}`,
                      explanation:
                        'The guardrail is taken away: policy alone decides about it again.',
                      label: 'Open again',
                      path: `/blocked-edges/${encodeURIComponent(edge.id)}/open`,
                      needsReason: true,
                      isDangerous: true,
                      done: `Open again: ${edgeWords(edge)}`,
                    })
                  }
                >
                  Open again …
                </button>
              ),
            },
          ]}
        />
      )}
    </>
  );
}
