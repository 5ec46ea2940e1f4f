import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { send } from '../api.ts';
import { LIST_NAMES, LISTS } from '../lists.tsx';
import { OpenBadge } from '../tracing/incidents/OpenBadge.tsx';

/** What stands around every page: the name, the ways, and the way out. */
export function Frame() {
  const navigate = useNavigate();
  const ways = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another way to be shown
  useEffect(() => showActive(ways.current), [pathname]);
  const queries = useQueryClient();
  const logOut = useMutation({
    mutationFn: () => send('DELETE', '/session'),
    onSettled: () => {
      queries.clear();
      void navigate({ to: '/login' });
    },
  });
  return (
    <>
      <a className="skip" href="#content">
        To the content
      </a>
      <header className="bar">
        <Link to="/" className="brand">
          <img src="/mark.svg" alt="" width="24" height="24" />
          Reeve
        </Link>
        <nav aria-label="Pages" ref={ways}>
          <Link to="/" activeOptions={{ exact: true }}>
            Answers
          </Link>
          <Link to="/review">Review</Link>
          <Link to="/incidents" search={{}} activeOptions={{ includeSearch: false }}>
            Incidents
            <OpenBadge />
          </Link>
          {LIST_NAMES.map((name) => (
            <Link
              key={name}
              to="/$list"
              params={{ list: name }}
              search={{}}
              activeOptions={{ includeSearch: false }}
            >
              {LISTS[name].title}
            </Link>
          ))}
          <Link to="/graph" search={{}} activeOptions={{ includeSearch: false }}>
            Graph
          </Link>
          <Link to="/traces" search={{}} activeOptions={{ includeSearch: false }}>
            Traces
          </Link>
          <Link to="/identity" search={{}} activeOptions={{ includeSearch: false }}>
            Identity
          </Link>
          <Link to="/owners">Owners</Link>
          <Link to="/sources">Sources</Link>
          <Link to="/audit" search={{}} activeOptions={{ includeSearch: false }}>
            Audit
          </Link>
        </nav>
        <button type="button" className="quiet" onClick={() => logOut.mutate()}>
          Log out
        </button>
      </header>
      <Outlet />
    </>
  );
}

/** Where the ways do not fit, they are scrolled to the one that is taken. Not by `scrollIntoView`, from
 *  which the next Tab would go on. */
function showActive(ways: HTMLElement | null): void {
  const active = ways?.querySelector<HTMLElement>('.active');
  if (!ways || !active) return;
  const middle = (ways.clientWidth - active.offsetWidth) / 2;
  ways.scrollLeft = active.offsetLeft - ways.offsetLeft - middle;
}
