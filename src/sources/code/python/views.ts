import { lineageOf, memberOfClass } from '../interpreter/classes.ts';
import type { Expression, FunctionNode } from '../interpreter/program.ts';
import {
  type Call,
  type ClassValue,
  type FunctionValue,
  itemsOf,
  textsOf,
  type Value,
} from '../interpreter/value.ts';

/** What handlers tell about their routes: the methods of a view class, the guards before a function,
 *  the names of its parameters. */

const VERBS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];

interface View {
  readonly class: ClassValue;
  /** Methods that the view is restricted to: the keys of `as_view({'get': 'list'})`. */
  readonly methods: readonly string[];
}

/** `View.as_view()` and `ViewSet.as_view({'get': 'list'})`. */
export function viewOf(owner: ClassValue, call: Call): Value {
  const actions = call.positional[0] ?? call.named.get('actions');
  const methods = actions?.is === 'record' ? [...actions.fields.keys()] : [];
  const view: View = { class: owner, methods: methods.map((method) => method.toUpperCase()) };
  return { is: 'data', tag: 'view', data: view };
}

function asView(value: Value | undefined): View | undefined {
  return value?.is === 'data' && value.tag === 'view' ? (value.data as View) : undefined;
}

export function viewClass(view: Value | undefined): ClassValue | undefined {
  if (view?.is === 'class') return view;
  if (view?.is === 'record') return view.class;
  return asView(view)?.class;
}

/** The methods that a view answers: what its class defines, or `otherwise`. */
export function methodsOfView(view: Value | undefined, otherwise: readonly string[]): string[] {
  const restricted = asView(view)?.methods ?? [];
  if (restricted.length > 0) return [...restricted];
  const type = viewClass(view);
  if (type === undefined) return [...otherwise];
  const defined = VERBS.filter((verb) => memberOfClass(type, verb)?.is === 'function');
  if (defined.length > 0) return defined.map((verb) => verb.toUpperCase());
  const listed = textsOf(memberOfClass(type, 'methods'));
  return listed.length > 0 ? listed : [...otherwise];
}

/** Decorators that let only those in who prove who they are. */
const GUARDS =
  /^(?:login_required|jwt_required|token_required|auth_required|requires?_auth(?:entication)?|authenticated|roles?_required|roles_accepted|permissions?_required|admin_required|staff_member_required|fresh_jwt_required|require_oauth|requires_scope|require_login|user_passes_test)$/;

/** Parameters that frameworks fill, beside what callers send. */
const OWN_PARAMETERS = new Set(['self', 'cls', 'request', 'req', 'response', 'db', 'session']);

export interface HandlerFacts {
  readonly security?: 'required';
  readonly fields?: readonly string[];
}

/** What a handler's own text says beside its route. */
export function handlerFacts(view: Value | undefined): HandlerFacts {
  if (view?.is !== 'function') return {};
  return isGuarded(view.node) ? { security: 'required' } : {};
}

/** Names of a function's parameters, and of the fields of the models that they hold: what FastAPI
 *  reads from the request. Injected parameters are none of it. */
export function requestFields(view: FunctionValue, typeOf: (type: Expression) => Value): string[] {
  return view.node.parameters.flatMap(({ name, type, fallback }) => {
    if ((type === undefined && OWN_PARAMETERS.has(name)) || isInjected(fallback)) return [];
    const model = type && typeOf(type);
    if (model?.is === 'external') return [];
    return model?.is === 'class' ? fieldsOfModel(model) : [name];
  });
}

function fieldsOfModel(model: ClassValue): string[] {
  const statements = lineageOf(model).flatMap(({ node }) => node.body);
  return statements.flatMap((statement) => {
    if (statement.is !== 'assign' || statement.type === undefined) return [];
    return statement.targets.flatMap((target) => (target.is === 'name' ? [target.name] : []));
  });
}

function isInjected(fallback: Expression | undefined): boolean {
  return fallback?.is === 'call' && ['Depends', 'Security'].includes(lastName(fallback.callee));
}

function isGuarded(node: FunctionNode): boolean {
  return node.decorators.some((decorator) =>
    GUARDS.test(lastName(decorator.is === 'call' ? decorator.callee : decorator)),
  );
}

function lastName(expression: Expression): string {
  return expression.is === 'name' || expression.is === 'member' ? expression.name : '';
}

/** The texts of a list of names, upper case. */
export function upperTexts(value: Value | undefined): string[] {
  return (value?.is === 'text' ? textsOf(value) : itemsOf(value).flatMap(textsOf)).map((item) =>
    item.toUpperCase(),
  );
}
