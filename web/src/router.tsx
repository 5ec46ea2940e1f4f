import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router';
import { Frame } from './components/Frame.tsx';
import { LIST_NAMES, type ListName } from './lists.tsx';
import { AnswersPage } from './pages/AnswersPage.tsx';
import { AuditPage } from './pages/AuditPage.tsx';
import { IdentityPage } from './pages/IdentityPage.tsx';
import { ListPage } from './pages/ListPage.tsx';
import { LoginPage } from './pages/LoginPage.tsx';
import { OwnersPage } from './pages/OwnersPage.tsx';
import { ReviewPage } from './pages/ReviewPage.tsx';
import { SourcesPage } from './pages/SourcesPage.tsx';

/** Pages with pictures are loaded when they are first opened. */
const GraphPage = lazyRouteComponent(() => import('./pages/GraphPage.tsx'), 'GraphPage');
const IncidentPage = lazyRouteComponent(() => import('./pages/IncidentPage.tsx'), 'IncidentPage');
const IncidentsPage = lazyRouteComponent(
  () => import('./pages/IncidentsPage.tsx'),
  'IncidentsPage',
);
const TracePage = lazyRouteComponent(() => import('./pages/TracePage.tsx'), 'TracePage');
const TracesPage = lazyRouteComponent(() => import('./pages/TracesPage.tsx'), 'TracesPage');

/** What the address of a list says: search, filters, and the item that is looked at. */
export type ListSearch = Readonly<Record<string, string>>;

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });
const login = createRoute({ getParentRoute: () => root, path: '/login', component: LoginPage });
const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: Frame });
const answers = createRoute({ getParentRoute: () => frame, path: '/', component: AnswersPage });
const owners = createRoute({
  getParentRoute: () => frame,
  path: '/owners',
  component: OwnersPage,
});
const sources = createRoute({
  getParentRoute: () => frame,
  path: '/sources',
  component: SourcesPage,
});
const review = createRoute({
  getParentRoute: () => frame,
  path: '/review',
  component: ReviewPage,
});
const identity = createRoute({
  getParentRoute: () => frame,
  path: '/identity',
  validateSearch: toListSearch,
  component: function Identity() {
    return <IdentityPage search={identity.useSearch()} />;
  },
});
const incidents = createRoute({
  getParentRoute: () => frame,
  path: '/incidents',
  validateSearch: toListSearch,
  component: function Incidents() {
    return <IncidentsPage search={incidents.useSearch()} />;
  },
});
const incident = createRoute({
  getParentRoute: () => frame,
  path: '/incidents/$id',
  component: function Incident() {
    const { id } = incident.useParams();
    return <IncidentPage key={id} id={id} />;
  },
});
const graph = createRoute({
  getParentRoute: () => frame,
  path: '/graph',
  validateSearch: toListSearch,
  component: function Graph() {
    return <GraphPage search={graph.useSearch()} />;
  },
});
const traces = createRoute({
  getParentRoute: () => frame,
  path: '/traces',
  validateSearch: toListSearch,
  component: function Traces() {
    return <TracesPage search={traces.useSearch()} />;
  },
});
const trace = createRoute({
  getParentRoute: () => frame,
  path: '/traces/$id',
  component: function Trace() {
    const { id } = trace.useParams();
    return <TracePage key={id} id={id} />;
  },
});
const audit = createRoute({
  getParentRoute: () => frame,
  path: '/audit',
  validateSearch: toListSearch,
  component: function Audit() {
    return <AuditPage search={audit.useSearch()} />;
  },
});
const list = createRoute({
  getParentRoute: () => frame,
  path: '/$list',
  validateSearch: toListSearch,
  component: function List() {
    const { list: name } = list.useParams();
    const search = list.useSearch();
    if (!isListName(name)) return <NotFound />;
    return <ListPage key={name} name={name} search={search} />;
  },
});

function toListSearch(search: Readonly<Record<string, unknown>>): ListSearch {
  return Object.fromEntries(
    Object.entries(search)
      .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
      .map(([key, value]) => [key, String(value)]),
  );
}

function isListName(name: string): name is ListName {
  return (LIST_NAMES as readonly string[]).includes(name);
}

function NotFound() {
  return (
    <main className="page">
      <h1>There is no such page</h1>
      <p>
        <a href="/">To the three answers</a>
      </p>
    </main>
  );
}

export const router = createRouter({
  routeTree: root.addChildren([
    login,
    frame.addChildren([
      ...[answers, review, incidents, incident, graph, traces, trace],
      ...[owners, sources, identity, audit, list],
    ]),
  ]),
  // Plain text in addresses, so that they can be read and written by hand.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const entries = Object.entries(search).filter(
      ([, value]) => value !== undefined && value !== '',
    );
    const text = new URLSearchParams(entries as [string, string][]).toString();
    return text === '' ? '' : `?${text}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
