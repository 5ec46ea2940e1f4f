import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ApiError } from '../../../api.ts';
import type { ListSearch } from '../../../router.tsx';
import { graphQuery } from '../filters.ts';
import type { Columns } from './columns.ts';
import type { Answer, Asked } from './read-worker.ts';

/** As many as the API gives. */
const MAX_EDGES = 50_000;
/** A large graph is a large answer. */
const REFRESH_MS = 60_000;

/** A large call graph; read beside the page, which would stand still for so large an answer.
 *  @param filters as the address of the page has them */
export function useColumns(filters: ListSearch, isWanted = true) {
  return useQuery({
    queryKey: ['graph', 'large', filters],
    queryFn: ({ signal }) => readColumns(graphQuery(filters, Date.now(), MAX_EDGES), signal),
    enabled: isWanted,
    placeholderData: keepPreviousData,
    staleTime: REFRESH_MS,
    refetchInterval: REFRESH_MS,
    // one is never partly the same as another
    structuralSharing: false,
  });
}

/** @throws {ApiError} */
function readColumns(asked: Asked, signal: AbortSignal): Promise<Columns> {
  const worker = new Worker(new URL('./read-worker.ts', import.meta.url), { type: 'module' });
  return new Promise<Columns>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      if ('problem' in data) reject(new ApiError(data.problem));
      else resolve(data.columns);
    });
    worker.postMessage(asked);
  }).finally(() => worker.terminate());
}
