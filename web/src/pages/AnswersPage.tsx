import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Answers } from '../../../src/estate/model.ts';
import type { StoredFinding } from '../../../src/estate/store.ts';
import { type AnswersAt, get, type LatestAnswers, type Page } from '../api.ts';
import { AnswerCard } from '../components/AnswerCard.tsx';
import { CoverageCard } from '../components/CoverageCard.tsx';
import { Badge, ErrorNote, Place } from '../components/parts.tsx';
import { ago } from '../names.ts';
import { QUESTIONS } from '../questions.ts';

const WORST = 8;

/** The three questions, each with its answer and what fails it, and the worst findings. */
export function AnswersPage() {
  const latest = useQuery({
    queryKey: ['answers'],
    queryFn: () => get<LatestAnswers>('/answers'),
    refetchInterval: 5_000,
  });
  const history = useQuery({
    queryKey: ['answers', 'history'],
    queryFn: () => get<{ items: readonly AnswersAt[] }>('/answers/history', { limit: 200 }),
  });
  const { answers = null, at = null } = latest.data ?? {};
  return (
    <main id="content" className="page">
      <h1 className="hidden">The three answers</h1>
      {latest.error && <ErrorNote error={latest.error} />}
      {latest.data && answers === null && <p className="empty">The estate is being read …</p>}
      {answers && (
        <div className="answers">
          {QUESTIONS.map((question) => (
            <AnswerCard
              key={question.key}
              question={question}
              answer={answers[question.key as keyof Answers]}
              history={history.data?.items ?? []}
            />
          ))}
        </div>
      )}
      {at !== null && (
        <p className="dim">
          Judged <time dateTime={at}>{ago(at)}</time>
        </p>
      )}
      {answers && <CoverageCard />}
      <WorstFindings />
    </main>
  );
}

function WorstFindings() {
  const { data } = useQuery({
    queryKey: ['findings', 'worst'],
    queryFn: () => get<Page<StoredFinding>>('/findings', { limit: WORST }),
  });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <section>
      <h2>Worst findings</h2>
      <ul className="findings">
        {data.items.map(({ id, severity, message, location }) => (
          <li key={id}>
            <Badge word={severity} />
            <Link to="/$list" params={{ list: 'findings' }} search={{ id }}>
              {message}
            </Link>
            {location && <Place place={location} />}
          </li>
        ))}
      </ul>
      {data.total > data.items.length && (
        <Link to="/$list" params={{ list: 'findings' }} search={{}}>
          All {data.total} findings
        </Link>
      )}
    </section>
  );
}
