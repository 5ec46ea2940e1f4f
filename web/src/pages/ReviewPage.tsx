import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Endpoint } from '../../../src/estate/model.ts';
import { get, NOBODY } from '../api.ts';
import { ErrorNote, Missing } from '../components/parts.tsx';
import { reviewWords } from '../endpoints/words.ts';
import { ago, grouped } from '../names.ts';

type Reason = NonNullable<Endpoint['review']>;

const REASONS: readonly Reason[] = [
  'sunset-passed',
  'acceptance-ended',
  'shadow',
  'zombie',
  'changed',
  'unowned',
];

interface Queue {
  /** null: nobody's. */
  readonly owner: string | null;
  readonly total: number;
  readonly counts: Readonly<Partial<Record<Reason, number>>>;
}

/** Endpoints that wait for a person, by owner and by reason; each number leads to what it counts. */
export function ReviewPage() {
  const { data, error } = useQuery({
    queryKey: ['endpoints', 'queues'],
    queryFn: () => get<{ items: readonly Queue[]; at: string | null }>('/endpoints/queues'),
  });
  const total = data?.items.reduce((sum, queue) => sum + queue.total, 0) ?? 0;
  return (
    <main id="content" className="page">
      <h1>Review {data && <span className="count">{grouped(total)}</span>}</h1>
      <p className="dim">
        Endpoints that wait for a person to decide: adopt, assign, deprecate, block, or accept the
        risk.
        {data && data.at !== null && <> Judged {ago(data.at)}.</>}
      </p>
      {error && <ErrorNote error={error} />}
      {!data && !error && <p className="dim">Reading …</p>}
      {data && total === 0 && <p className="empty">Nothing waits for review.</p>}
      {data && total > 0 && <Queues queues={data.items} />}
    </main>
  );
}

function Queues({ queues }: { readonly queues: readonly Queue[] }) {
  const reasons = REASONS.filter((reason) => queues.some(({ counts }) => counts[reason]));
  return (
    <div className="scroll">
      <table className="cards">
        <caption className="hidden">Endpoints that wait for review, by owner and reason</caption>
        <thead>
          <tr>
            <th scope="col">Owner</th>
            {reasons.map((reason) => (
              <th key={reason} scope="col" className="number">
                {reviewWords(reason)}
              </th>
            ))}
            <th scope="col" className="number">
              all
            </th>
          </tr>
        </thead>
        <tbody>
          {queues.map((queue) => (
            <QueueRow key={queue.owner ?? ''} queue={queue} reasons={reasons} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly queue: Queue;
  readonly reasons: readonly Reason[];
}

function QueueRow({ queue, reasons }: RowProps) {
  const { owner, counts, total } = queue;
  return (
    <tr>
      <th scope="row">{owner ?? <Missing what="nobody" />}</th>
      {reasons.map((reason) => (
        <td key={reason} className="number" data-column={reviewWords(reason)}>
          <Count owner={owner} reason={reason} count={counts[reason] ?? 0} />
        </td>
      ))}
      <td className="number" data-column="all">
        <Count owner={owner} reason="any" count={total} />
      </td>
    </tr>
  );
}

interface CountProps {
  readonly owner: string | null;
  readonly reason: Reason | 'any';
  readonly count: number;
}

function Count({ owner, reason, count }: CountProps) {
  if (count === 0) return <span className="dim">0</span>;
  return (
    <Link
      to="/$list"
      params={{ list: 'endpoints' }}
      search={{ review: reason, owner: owner ?? NOBODY }}
      aria-label={`${grouped(count)} of ${owner ?? 'nobody'}: ${reason === 'any' ? 'all' : reviewWords(reason)}`}
    >
      {grouped(count)}
    </Link>
  );
}
