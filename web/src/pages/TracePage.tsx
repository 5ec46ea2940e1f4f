import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get } from '../api.ts';
import type { Waterfall } from '../tracing/model.ts';
import { TracingProblem } from '../tracing/TracingProblem.tsx';
import { TraceForm } from '../tracing/traces/TraceForm.tsx';
import { WaterfallTable } from '../tracing/traces/WaterfallTable.tsx';
import { wholeWords } from '../tracing/traces/words.ts';
import { KEEP, timeWords } from '../tracing/words.ts';

/** One trace as a waterfall. */
export function TracePage({ id }: { readonly id: string }) {
  const { data, error } = useQuery({
    queryKey: ['traces', 'one', id],
    queryFn: () => get<Waterfall>(`/traces/${encodeURIComponent(id)}`),
  });
  return (
    <main id="content" className="page">
      <p className="back">
        <Link to="/traces" search={{}}>
          All traces
        </Link>
      </p>
      <h1 className="long">Trace {id}</h1>
      {error && (
        <>
          <TracingProblem error={error} />
          <TraceForm />
        </>
      )}
      {!data && !error && <p className="dim">Reading …</p>}
      {data && (
        <>
          <p>
            <time dateTime={data.time}>{timeWords(data.time)}</time>: {wholeWords(data)}.{' '}
            <span className="dim">
              {data.reasons.length === 0
                ? 'It is only held for a short while: there is no reason to keep it.'
                : `Kept because: ${data.reasons.map((reason) => KEEP[reason]).join(', ')}.`}
            </span>
          </p>
          <WaterfallTable trace={data} />
        </>
      )}
    </main>
  );
}
