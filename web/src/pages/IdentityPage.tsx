import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { ApiError, get, toFilters } from '../api.ts';
import { FilterBar } from '../components/FilterBar.tsx';
import { ErrorNote } from '../components/parts.tsx';
import type { Overview } from '../identity/model.ts';
import { OverviewSection } from '../identity/OverviewSection.tsx';
import { VIEWS } from '../identity/views.tsx';
import type { ListSearch } from '../router.tsx';

const REFRESH_MS = 5_000;
const FIRST = 'entries';

/** Who gets which identity, what signs it, who has none, and who is denied. */
export function IdentityPage({ search }: { readonly search: ListSearch }) {
  const { data, error } = useQuery({
    queryKey: ['identity'],
    queryFn: () => get<Overview>('/identity'),
    refetchInterval: REFRESH_MS,
    retry: false,
  });
  return (
    <main id="content" className="page">
      <h1>Identity</h1>
      {error && (isOff(error) ? <Off /> : <ErrorNote error={error} />)}
      {!data && !error && <p className="dim">Reading …</p>}
      {data && <OverviewSection overview={data} />}
      {data && <Views search={search} />}
    </main>
  );
}

const isOff = (error: Error): boolean => error instanceof ApiError && error.status === 404;

function Off() {
  return (
    <p className="empty">
      No identities are issued here: set <code>identity.enabled</code> in the configuration.
    </p>
  );
}

function Views({ search }: { readonly search: ListSearch }) {
  const navigate = useNavigate();
  const { view: asked = FIRST, q = '', ...filters } = search;
  const name = VIEWS[asked] ? asked : FIRST;
  const change = useCallback(
    (changed: Readonly<Record<string, string>>) => {
      void navigate({ to: '/identity', search: { ...search, ...changed }, replace: true });
    },
    [navigate, search],
  );
  const view = VIEWS[name];
  if (!view) return null;
  const { view: _, ...shown } = search;
  return (
    <section className="views" aria-label={view.title}>
      <nav className="ways" aria-label="Lists">
        {Object.entries(VIEWS).map(([key, { title }]) => (
          <Link
            key={key}
            to="/identity"
            search={{ view: key }}
            resetScroll={false}
            aria-current={key === name ? 'page' : undefined}
          >
            {title}
          </Link>
        ))}
      </nav>
      <FilterBar filters={view.filters} search={shown} onChange={change} />
      {view.show(toFilters({ ...filters, search: q }))}
    </section>
  );
}
