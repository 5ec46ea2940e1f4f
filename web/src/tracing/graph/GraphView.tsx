import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { get } from '../../api.ts';
import { counted, grouped } from '../../names.ts';
import type { ListSearch } from '../../router.tsx';
import type { Graph } from '../model.ts';
import { fullWords } from '../words.ts';
import { EdgeTable } from './EdgeTable.tsx';
import { graphQuery } from './filters.ts';
import { GraphPicture } from './GraphPicture.tsx';
import { hasWebGl } from './large/has-webgl.ts';
import { isPart, type Shown, shownOf } from './picture.ts';

/** With all that it draws with: only who has so many services needs it. */
const LargeGraph = lazy(async () => ({
  default: (await import('./large/LargeGraph.tsx')).LargeGraph,
}));

const REFRESH_MS = 5_000;
const FILTERS = ['service', 'namespace', 'since', 'evidence'] as const;

interface Props {
  readonly graph: Graph;
  /** What is drawn of it where it is drawn one by one. */
  readonly shown: Shown;
  /** Of the address of the page, those that narrow the graph. */
  readonly filters: ListSearch;
  readonly search: ListSearch;
}

/** The call graph: a picture that shows each service, or a map where there are too many; and relationships as a table. */
export function GraphView({ graph, shown, filters, search }: Props) {
  const [hasFailed, setFailed] = useState(false);
  const fail = useCallback(() => setFailed(true), []);
  if (shown.nodes.length === 0) {
    return (
      <p className="empty">
        {FILTERS.some((key) => filters[key])
          ? 'Nothing fits.'
          : 'No request between services was seen yet.'}
      </p>
    );
  }
  const isLarge = isPart(graph) || shown.leftOut > 0;
  const isMap = isLarge && !hasFailed && hasWebGl();
  return (
    <>
      {isLarge && !isMap && (
        <p className="warning">
          Only a part is drawn: {counted(shown.edges.length, 'relationship')} with most requests, of{' '}
          {grouped(graph.edgeCount)}. A map of all of them needs WebGL, which this browser does not
          have. Choose a service to see everything around it.
        </p>
      )}
      {isMap ? (
        <Suspense fallback={<p className="dim">Reading …</p>}>
          <LargeGraph filters={filters} search={search} onFail={fail} />
        </Suspense>
      ) : (
        <GraphPicture shown={shown} search={search} />
      )}
      {isLarge && search.id ? (
        <OwnEdges id={search.id} filters={filters} search={search} />
      ) : (
        <>
          <h2>Relationships</h2>
          <EdgeTable edges={shown.edges} search={search} />
        </>
      )}
    </>
  );
}

interface OwnProps extends Pick<Props, 'filters' | 'search'> {
  readonly id: string;
}

/** Relationships of one service: of so many, those with most requests are hardly ever its own. */
function OwnEdges({ id, filters, search }: OwnProps) {
  const { data, dataUpdatedAt } = useQuery({
    queryKey: ['graph', 'own', id, filters],
    queryFn: () =>
      get<Graph>('/graph', graphQuery({ ...filters, depth: '', service: id }, Date.now())),
    refetchInterval: REFRESH_MS,
  });
  const edges = useMemo(() => {
    const own = data?.edges.filter(({ from, to }) => from === id || to === id) ?? [];
    return shownOf({ services: [], edgeCount: 0, ...data, edges: own }, dataUpdatedAt, [id]).edges;
  }, [data, dataUpdatedAt, id]);
  return (
    <>
      <h2>Relationships of {fullWords(id)}</h2>
      {data ? <EdgeTable edges={edges} search={search} /> : <p className="dim">Reading …</p>}
    </>
  );
}
