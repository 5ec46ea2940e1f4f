import type { Filter } from '../../lists.tsx';
import { partsOf } from '../../names.ts';
import type { ListSearch } from '../../router.tsx';
import { MAX_EDGES } from './picture.ts';

/** What of the call graph is asked for, as addresses of the page have it. */

const HOUR_MS = 3_600_000;
const SINCE: Readonly<Record<string, readonly [shown: string, milliseconds: number]>> = {
  '1h': ['in the last hour', HOUR_MS],
  '1d': ['in the last 24 hours', 24 * HOUR_MS],
  '7d': ['in the last 7 days', 7 * 24 * HOUR_MS],
  '30d': ['in the last 30 days', 30 * 24 * HOUR_MS],
};

export function graphFilters(services: readonly string[], search: ListSearch): Filter[] {
  const namespaces = [...new Set(services.map((id) => partsOf(id).namespace))].sort();
  return [
    { key: 'namespace', label: 'Namespace', choices: namespaces.filter(Boolean) },
    {
      key: 'evidence',
      label: 'Who called',
      choices: ['authenticated', 'asserted', ['none', 'no evidence']],
    },
    {
      key: 'since',
      label: 'Seen',
      otherwise: 'at any time',
      choices: Object.entries(SINCE).map(([key, [shown]]) => [key, shown] as const),
    },
    ...((search.service ?? '') === '' ? [] : [DEPTH]),
  ];
}

const DEPTH: Filter = {
  key: 'depth',
  label: 'Around it',
  otherwise: '1 step',
  choices: [
    ['2', '2 steps'],
    ['3', '3 steps'],
    ['4', '4 steps'],
  ],
};

/** The query of the API.
 *  @param now milliseconds since 1970
 *  @param limit of relationships, those with most requests */
export function graphQuery(
  { service, namespace, evidence, since = '', depth = '' }: ListSearch,
  now: number,
  limit = MAX_EDGES,
): Record<string, string | number | undefined> {
  const length = Object.hasOwn(SINCE, since) ? SINCE[since]?.[1] : undefined;
  return {
    service: service || undefined,
    depth: service ? depth || undefined : undefined,
    namespace: namespace || undefined,
    evidence: evidence || undefined,
    since: length === undefined ? undefined : new Date(now - length).toISOString(),
    limit,
  };
}
