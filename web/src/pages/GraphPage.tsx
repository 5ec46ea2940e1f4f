import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { get } from '../api.ts';
import { FilterBar } from '../components/FilterBar.tsx';
import { grouped } from '../names.ts';
import type { ListSearch } from '../router.tsx';
import { EdgePanel } from '../tracing/graph/EdgePanel.tsx';
import { graphFilters, graphQuery } from '../tracing/graph/filters.ts';
import { GraphView } from '../tracing/graph/GraphView.tsx';
import { useColumns } from '../tracing/graph/large/use-columns.ts';
import { isPart, MAX_EDGES, shownOf } from '../tracing/graph/picture.ts';
import { ServiceField } from '../tracing/graph/ServiceField.tsx';
import { ServicePanel } from '../tracing/graph/ServicePanel.tsx';
import { type Graph, OUTSIDE } from '../tracing/model.ts';
import { TracingProblem } from '../tracing/TracingProblem.tsx';

const REFRESH_MS = 5_000;
const REFRESH_LARGE_MS = 30_000;
const NAMES_MS = 60_000;

/** Who calls whom, as it is seen now. `id` is the service that is looked at, `from` and `to` the relationship. */
export function GraphPage({ search }: { readonly search: ListSearch }) {
  const navigate = useNavigate();
  const { id, from, to, ...filters } = search;
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['graph', filters],
    queryFn: () => get<Graph>('/graph', graphQuery(filters, Date.now())),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data && isPart(state.data) ? REFRESH_LARGE_MS : REFRESH_MS,
  });
  const services = useServiceNames();
  const shown = useMemo(() => {
    const wanted = [id, from, to, filters.service].filter((one) => one !== undefined);
    return data && shownOf(data, dataUpdatedAt, wanted);
  }, [data, dataUpdatedAt, id, from, to, filters.service]);
  const change = useCallback(
    (changed: Readonly<Record<string, string>>) => {
      void navigate({ to: '/graph', search: { ...search, ...changed }, replace: true });
    },
    [navigate, search],
  );
  const close = useCallback(() => {
    const { id: _, from: __, to: ___, ...rest } = search;
    void navigate({ to: '/graph', search: rest, resetScroll: false });
  }, [navigate, search]);
  const isEdge = from !== undefined && to !== undefined;
  const isPanel = isEdge || (id !== undefined && id !== '');
  const { service: _, ...others } = filters;
  return (
    <main id="content" className={isPanel ? 'page with-panel' : 'page'}>
      <div className="list">
        <h1>Call graph {data && <span className="count">{grouped(data.edgeCount)}</span>}</h1>
        <FilterBar
          filters={graphFilters(services, search)}
          search={others}
          onChange={change}
          searches={false}
        >
          <ServiceField
            value={filters.service ?? ''}
            services={services}
            onChange={(service) => change({ service, depth: '' })}
          />
        </FilterBar>
        {error && <TracingProblem error={error} />}
        {!data && !error && <p className="dim">Reading …</p>}
        {data && shown && (
          <GraphView graph={data} shown={shown} filters={filters} search={search} />
        )}
      </div>
      {isEdge && <EdgePanel from={from} to={to} onClose={close} />}
      {!isEdge && id && <ServicePanel id={id} search={search} onClose={close} />}
    </main>
  );
}

/** Of everybody; asked for seldom. */
function useServiceNames(): readonly string[] {
  const { data } = useQuery({
    queryKey: ['graph', 'names'],
    queryFn: () => get<Graph>('/graph', { limit: MAX_EDGES }),
    staleTime: NAMES_MS,
    refetchInterval: NAMES_MS,
  });
  const { data: columns } = useColumns({}, data !== undefined && isPart(data));
  return useMemo(() => {
    const ids = columns?.ids ?? data?.services.map(({ id }) => id) ?? [];
    return ids.filter((id) => id !== OUTSIDE).sort();
  }, [data, columns]);
}
