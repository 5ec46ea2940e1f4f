import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { get } from '../../../api.ts';
import type { ListSearch } from '../../../router.tsx';
import type { GraphColumns } from '../../model.ts';
import { graphQuery } from '../filters.ts';
import { type Columns, toColumns } from './columns.ts';

/** As many as the API gives. */
const MAX_EDGES = 80_000;
/** What is drawn of a large graph changes little in that time, and drawing it is dear. */
const REFRESH_MS = 60_000;

/** A large call graph, whole.
 *  @param filters as the address of the page has them */
export function useColumns(filters: ListSearch, isWanted = true) {
  return useQuery({
    queryKey: ['graph', 'columns', filters],
    queryFn: () => readColumns(filters),
    enabled: isWanted,
    placeholderData: keepPreviousData,
    staleTime: REFRESH_MS,
    refetchInterval: REFRESH_MS,
    // one is never partly the same as another
    structuralSharing: false,
  });
}

async function readColumns(filters: ListSearch): Promise<Columns> {
  const now = Date.now();
  const asked = graphQuery(filters, now, MAX_EDGES);
  return toColumns(await get<GraphColumns>('/graph/columns', asked), now);
}
