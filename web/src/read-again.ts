import type { QueryClient } from '@tanstack/react-query';

/** A large estate takes longer to judge than a request may: then it is asked for again a few times. */
const LATER_MS = [1_500, 4_000, 10_000];

/** Has everything read again, after a change that the estate is judged with, or soon will be. */
export function readAgain(queries: QueryClient, judged: boolean): void {
  void queries.invalidateQueries();
  if (judged) return;
  for (const delay of LATER_MS) setTimeout(() => void queries.invalidateQueries(), delay);
}
