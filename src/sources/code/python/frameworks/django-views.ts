import { entryOf } from '../../../../base/pick.ts';
import { libraryBases, memberOfClass } from '../../interpreter/classes.ts';
import { type ClassValue, textsOf, type Value } from '../../interpreter/value.ts';
import { methodsOfView, viewClass } from '../views.ts';

/** Which methods Django's and REST framework's generic views answer, by the last part of their name.
 *  @see Django: Class-based views API; REST framework: Generic views */
const GENERIC_VIEWS: Readonly<Record<string, readonly string[]>> = {
  TemplateView: ['GET'],
  ListView: ['GET'],
  DetailView: ['GET'],
  RedirectView: ['GET'],
  ArchiveIndexView: ['GET'],
  FormView: ['GET', 'POST'],
  CreateView: ['GET', 'POST'],
  UpdateView: ['GET', 'POST'],
  DeleteView: ['GET', 'POST'],
  LoginView: ['GET', 'POST'],
  LogoutView: ['POST'],
  ListAPIView: ['GET'],
  RetrieveAPIView: ['GET'],
  CreateAPIView: ['POST'],
  DestroyAPIView: ['DELETE'],
  UpdateAPIView: ['PUT', 'PATCH'],
  ListCreateAPIView: ['GET', 'POST'],
  RetrieveUpdateAPIView: ['GET', 'PUT', 'PATCH'],
  RetrieveDestroyAPIView: ['GET', 'DELETE'],
  RetrieveUpdateDestroyAPIView: ['GET', 'PUT', 'PATCH', 'DELETE'],
  ObtainAuthToken: ['POST'],
  TokenObtainPairView: ['POST'],
  TokenRefreshView: ['POST'],
  TokenVerifyView: ['POST'],
  SpectacularAPIView: ['GET'],
  SpectacularSwaggerView: ['GET'],
  SpectacularRedocView: ['GET'],
};

/** The methods of a view; a plain function takes them all unless a decorator says which. */
export function djangoMethods(view: Value): readonly string[] {
  if (view.is === 'function') {
    const listed = textsOf(view.facts.get('methods'));
    return listed.length > 0 ? listed : ['ANY'];
  }
  // A view of a library: its class, or what `as_view()` of it gives.
  if (view.is === 'external') return byName(view.path.replace(/\.as_view\(\)$/, '')) ?? ['ANY'];
  const type = viewClass(view);
  if (type === undefined) return ['ANY'];
  const restricted = textsOf(memberOfClass(type, 'http_method_names'));
  const methods = new Set(methodsOfView(view, []));
  for (const base of libraryBases(type))
    for (const method of byName(base) ?? []) methods.add(method);
  const all = methods.size > 0 ? [...methods] : ['ANY'];
  if (restricted.length === 0) return all;
  const allowed = restricted.map((method) => method.toUpperCase());
  return methods.size > 0 ? all.filter((method) => allowed.includes(method)) : allowed;
}

function byName(path: string): readonly string[] | undefined {
  const name = path.slice(path.lastIndexOf('.') + 1);
  return Object.hasOwn(GENERIC_VIEWS, name) ? GENERIC_VIEWS[name] : undefined;
}

export interface ViewSetAction {
  readonly name: string;
  readonly method: string;
  /** On one object rather than on the list. */
  readonly isDetail: boolean;
}

/** The actions that a router of REST framework maps to methods.
 *  @see REST framework: Routers, DefaultRouter */
const ACTIONS: readonly ViewSetAction[] = [
  { name: 'list', method: 'GET', isDetail: false },
  { name: 'create', method: 'POST', isDetail: false },
  { name: 'retrieve', method: 'GET', isDetail: true },
  { name: 'update', method: 'PUT', isDetail: true },
  { name: 'partial_update', method: 'PATCH', isDetail: true },
  { name: 'destroy', method: 'DELETE', isDetail: true },
];

/** Which of them a library's base class brings. */
const INHERITED: Readonly<Record<string, readonly string[]>> = {
  ModelViewSet: ACTIONS.map(({ name }) => name),
  ReadOnlyModelViewSet: ['list', 'retrieve'],
  ListModelMixin: ['list'],
  CreateModelMixin: ['create'],
  RetrieveModelMixin: ['retrieve'],
  UpdateModelMixin: ['update', 'partial_update'],
  DestroyModelMixin: ['destroy'],
};

/** The standard actions of a view set, inherited and its own. */
export function actionsOf(type: ClassValue): readonly ViewSetAction[] {
  const inherited = new Set(
    libraryBases(type).flatMap(
      (base) => entryOf(INHERITED, base.slice(base.lastIndexOf('.') + 1)) ?? [],
    ),
  );
  const restricted = textsOf(memberOfClass(type, 'http_method_names'));
  return ACTIONS.filter(
    ({ name, method }) =>
      (inherited.has(name) || memberOfClass(type, name)?.is === 'function') &&
      (restricted.length === 0 || restricted.includes(method.toLowerCase())),
  );
}
