import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { get, type Page, toFilters } from '../api.ts';
import { FilterBar } from '../components/FilterBar.tsx';
import { Pager } from '../components/Pager.tsx';
import type { Filter } from '../lists.tsx';
import { useCursors } from '../paging.ts';
import type { ListSearch } from '../router.tsx';
import type { TraceSummary } from '../tracing/model.ts';
import { TracingProblem } from '../tracing/TracingProblem.tsx';
import { TraceForm } from '../tracing/traces/TraceForm.tsx';
import { TraceTable } from '../tracing/traces/TraceTable.tsx';
import { KEEP } from '../tracing/words.ts';

const PAGE_SIZE = 50;
const REFRESH_MS = 5_000;

const FILTERS: readonly Filter[] = [
  { key: 'reason', label: 'Kept because', choices: Object.entries(KEEP) },
];

/** The traces that are kept whole, the latest first. */
export function TracesPage({ search }: { readonly search: ListSearch }) {
  const navigate = useNavigate();
  const asked = toFilters(search);
  const [cursors, setCursors] = useCursors(JSON.stringify(asked));
  const query = { ...asked, limit: PAGE_SIZE, after: cursors.at(-1) };
  const { data, error } = useQuery({
    queryKey: ['traces', query],
    queryFn: () => get<Omit<Page<TraceSummary>, 'total'>>('/traces', query),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  const change = useCallback(
    (changed: Readonly<Record<string, string>>) => {
      void navigate({ to: '/traces', search: { ...search, ...changed }, replace: true });
    },
    [navigate, search],
  );
  return (
    <main id="content" className="page">
      <h1>Traces</h1>
      <TraceForm />
      <FilterBar filters={FILTERS} search={search} onChange={change} searches={false} />
      {error && <TracingProblem error={error} />}
      {!data && !error && <p className="dim">Reading …</p>}
      {data?.items.length === 0 && (
        <p className="empty">
          {Object.keys(asked).length > 0
            ? 'Nothing fits.'
            : 'No trace is kept yet: those are that an alert, a new relationship, a denial or sensitive data touches.'}
        </p>
      )}
      {data && data.items.length > 0 && (
        <>
          <TraceTable traces={data.items} />
          <Pager page={data} size={PAGE_SIZE} cursors={cursors} onChange={setCursors} />
        </>
      )}
    </main>
  );
}
