import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type AnswersAt, get, type Page } from '../api.ts';
import { grouped } from '../names.ts';
import type { Failing, Question } from '../questions.ts';
import { History } from './History.tsx';

interface Props {
  readonly question: Question;
  readonly answer: { readonly total: number; readonly satisfied: number };
  readonly history: readonly AnswersAt[];
}

/** One question: yes or no, the figure, its history, and what fails it. */
export function AnswerCard({ question, answer, history }: Props) {
  const { total, satisfied } = answer;
  const word = total === 0 ? 'Nothing to ask about yet' : satisfied === total ? 'Yes' : 'No';
  const tone = total === 0 ? '' : satisfied === total ? 'good' : 'bad';
  return (
    <section className={`card answer ${tone}`}>
      <h2>{question.text}</h2>
      <p className="verdict">
        <span className="word">{word}</span>
        {total > 0 && (
          <span className="figure">
            <b>{grouped(satisfied)}</b> of {grouped(total)} {question.of}
          </span>
        )}
      </p>
      <History
        label={`${question.text} Over time, in percent`}
        values={history.map(({ answers }) => share(answers[question.key]))}
      />
      <ul className="failing">
        {question.failing.map((failing) => (
          <FailingLine key={failing.text} failing={failing} />
        ))}
      </ul>
    </section>
  );
}

function share({ total, satisfied }: { total: number; satisfied: number }): number {
  return total === 0 ? 100 : (100 * satisfied) / total;
}

function FailingLine({ failing }: { readonly failing: Failing }) {
  const { list, filter, text } = failing;
  const { data } = useQuery({
    queryKey: [list, 'count', filter],
    queryFn: () => get<Page<unknown>>(`/${list}`, { ...filter, limit: 1 }),
    refetchInterval: 5_000,
  });
  if (data === undefined || data.total === 0) return null;
  return (
    <li>
      <Link to="/$list" params={{ list }} search={filter}>
        <b>{grouped(data.total)}</b> {text}
      </Link>
    </li>
  );
}
