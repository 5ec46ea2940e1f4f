import { useQuery } from '@tanstack/react-query';
import { get, type Page } from '../../../api.ts';
import type { IncidentSummary } from '../../model.ts';
import type { OpenWay } from './lines.ts';

/** What else is known of services and relationships, and is marked on the map. */

const REFRESH_MS = 30_000;
const SELDOM_MS = 300_000;
const MAX_INCIDENTS = 100;
const MAX_CRITICAL = 1_000;
const NO_WAYS: readonly OpenWay[] = [];
const NOBODY: readonly string[] = [];

/** Ways of incidents that nobody has dealt with, the newest first. */
export function useOpenWays(): readonly OpenWay[] {
  const { data } = useQuery({
    queryKey: ['incidents', 'ways'],
    queryFn: () =>
      get<Page<IncidentSummary>>('/incidents', { state: 'open', limit: MAX_INCIDENTS }),
    refetchInterval: REFRESH_MS,
    select: ({ items }) => items.map(({ path, time }) => ({ path, time })),
  });
  return data ?? NO_WAYS;
}

/** Services without which the business stands still, by their ids. */
export function useCritical(): readonly string[] {
  const { data } = useQuery({
    queryKey: ['services', 'critical'],
    queryFn: () =>
      get<Page<{ readonly id: string }>>('/services', {
        criticality: 'critical',
        limit: MAX_CRITICAL,
      }),
    staleTime: SELDOM_MS,
    refetchInterval: SELDOM_MS,
    select: ({ items }) => items.map(({ id }) => id),
  });
  return data ?? NOBODY;
}
