import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import type { Endpoint } from '../../../../src/estate/model.ts';
import { readAgain } from '../../read-again.ts';
import type { Action, ActionName, Draft } from './actions.ts';
import { type Decided, type DecisionResult, decide, MAX_DECIDED, undo } from './api.ts';

/** Decides, and has everything read again that the decision may change. Nothing is shown before the
 *  server has said it. */
export function useDecide() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ endpoints, action, draft }: Deciding) =>
      inParts(endpoints, (ids) => decide(ids, action, draft)),
    onSuccess: (decided) => refresh(queries, decided),
  });
}

interface Deciding {
  readonly endpoints: readonly Endpoint[];
  readonly action: Action;
  readonly draft: Draft;
}

export function useUndo() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ endpoint, action, reason }: Undoing) => undo([endpoint], action, reason),
    onSuccess: (decided) => refresh(queries, decided),
  });
}

interface Undoing {
  readonly endpoint: string;
  readonly action: ActionName;
  readonly reason: string;
}

/** One request decides a bounded number. */
async function inParts(
  endpoints: readonly Endpoint[],
  decidePart: (ids: readonly string[]) => Promise<Decided>,
): Promise<Decided> {
  const results: DecisionResult[] = [];
  let judged = true;
  for (let from = 0; from < endpoints.length; from += MAX_DECIDED) {
    const part = endpoints.slice(from, from + MAX_DECIDED);
    const decided = await decidePart(part.map(({ id }) => id));
    results.push(...decided.results);
    judged &&= decided.judged;
  }
  return { judged, results };
}

function refresh(queries: QueryClient, { judged, results }: Decided): void {
  for (const { endpoint, state } of results) {
    if (state) queries.setQueryData(['endpoints', 'one', endpoint], state);
  }
  readAgain(queries, judged);
}
