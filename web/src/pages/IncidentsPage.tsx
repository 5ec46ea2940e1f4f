import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useCallback } from 'react';
import { get, type Page, toFilters } from '../api.ts';
import { FilterBar } from '../components/FilterBar.tsx';
import { Pager } from '../components/Pager.tsx';
import type { Filter } from '../lists.tsx';
import { grouped } from '../names.ts';
import { useCursors } from '../paging.ts';
import type { ListSearch } from '../router.tsx';
import { IncidentTable } from '../tracing/incidents/IncidentTable.tsx';
import { BlockedSection, LearntSection } from '../tracing/incidents/LearntSection.tsx';
import type { IncidentSummary } from '../tracing/model.ts';
import { TracingProblem } from '../tracing/TracingProblem.tsx';

const PAGE_SIZE = 50;
const REFRESH_MS = 2_000;

const FILTERS: readonly Filter[] = [
  {
    key: 'state',
    label: 'State',
    choices: ['open', 'acknowledged', 'malicious', 'expected', 'resolved'],
  },
  {
    key: 'severity',
    label: 'Severity',
    choices: ['critical', 'high', 'medium', 'low', 'info'],
  },
];

const VIEWS: Readonly<Record<string, readonly [title: string, shown?: () => ReactNode]>> = {
  incidents: ['Incidents'],
  learnt: ['What was learnt', () => <LearntSection />],
  blocked: ['Blocked calls', () => <BlockedSection />],
};

/** Unusual ways through the estate, the newest first; and what came of them. */
export function IncidentsPage({ search }: { readonly search: ListSearch }) {
  const { view = 'incidents', ...filters } = search;
  const name = Object.hasOwn(VIEWS, view) ? view : 'incidents';
  const [, shown] = VIEWS[name] ?? [];
  return (
    <main id="content" className="page">
      <h1>Incidents</h1>
      <nav className="ways" aria-label="Lists">
        {Object.entries(VIEWS).map(([key, [title]]) => (
          <Link
            key={key}
            to="/incidents"
            search={key === 'incidents' ? {} : { view: key }}
            aria-current={key === name ? 'page' : undefined}
          >
            {title}
          </Link>
        ))}
      </nav>
      {shown === undefined ? <List search={filters} /> : shown()}
    </main>
  );
}

function List({ search }: { readonly search: ListSearch }) {
  const navigate = useNavigate();
  const asked = toFilters(search);
  const [cursors, setCursors] = useCursors(JSON.stringify(asked));
  const query = { ...asked, limit: PAGE_SIZE, after: cursors.at(-1) };
  const { data, error } = useQuery({
    queryKey: ['incidents', query],
    queryFn: () => get<Page<IncidentSummary>>('/incidents', query),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  const change = useCallback(
    (changed: Readonly<Record<string, string>>) => {
      void navigate({ to: '/incidents', search: { ...search, ...changed }, replace: true });
    },
    [navigate, search],
  );
  return (
    <section aria-label="List of incidents">
      <FilterBar filters={FILTERS} search={search} onChange={change} searches={false} />
      {error && <TracingProblem error={error} />}
      {!data && !error && <p className="dim">Reading …</p>}
      {data?.items.length === 0 && (
        <p className="empty">
          {Object.keys(asked).length === 0 ? 'Nothing unusual has been seen.' : 'Nothing fits.'}
        </p>
      )}
      {data && data.items.length > 0 && (
        <>
          <p className="hidden" role="status">
            {grouped(data.total)} of them
          </p>
          <IncidentTable incidents={data.items} />
          <Pager page={data} size={PAGE_SIZE} cursors={cursors} onChange={setCursors} />
        </>
      )}
    </section>
  );
}
