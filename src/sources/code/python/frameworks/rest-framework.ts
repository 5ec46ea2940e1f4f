import { lineageOf, memberOfClass } from '../../interpreter/classes.ts';
import {
  type ExternalFunction,
  type Framework,
  HTTP_METHODS,
  type RouterMethod,
} from '../../interpreter/framework.ts';
import {
  argument,
  type ClassValue,
  type FunctionValue,
  itemsOf,
  listValue,
  native,
  plainText,
  type RecordValue,
  routerIn,
  textsOf,
  textValue,
  UNKNOWN,
  type Value,
} from '../../interpreter/value.ts';
import { viewClass } from '../views.ts';
import { actionsOf } from './django-views.ts';

/** Routers and view sets of Django REST framework.
 *  @see REST framework: Routers; ViewSets, Marking extra actions for routing */

const ACTION = 'drf-action';
const MAPPED = 'drf-action-mapped';

/** `@action(detail=True, methods=['post'], url_path='…')` */
const action: ExternalFunction = (call) =>
  native(({ positional: [view = UNKNOWN] }) => {
    const fact: RecordValue = { is: 'record', fields: new Map(call.named) };
    if (view.is === 'function') view.facts.set(ACTION, fact);
    return view;
  });

const register: RouterMethod = (router, call, { book, interpreter }) => {
  const prefix = argument(call, 0, 'prefix');
  const type = viewClass(argument(call, 1, 'viewset'));
  if (prefix.is !== 'text' || type === undefined) return UNKNOWN;
  const list = prefix.text.replace(/^\^|\/?\$?$/g, '');
  const detail = `${list}/<${lookupOf(type)}>`;
  const add = (methods: readonly string[], path: string): void => {
    book.route(router, 'django', methods, textValue(path), 'angle', call.place);
  };
  for (const { method, isDetail } of actionsOf(type)) add([method], isDetail ? detail : list);
  const answered = textsOf(memberOfClass(type, 'http_method_names')).map(upper);
  for (const { view, fact } of extraActions(type)) {
    const listed = textsOf(fact.fields.get('methods')).map(upper);
    const mapped = itemsOf(view.facts.get(MAPPED)).flatMap(textsOf).map(upper);
    const base = plainText(fact.fields.get('detail')) === 'True' ? detail : list;
    const path = plainText(fact.fields.get('url_path')) ?? view.node.name;
    const methods = [...(listed.length > 0 ? listed : ['GET']), ...mapped];
    const allowed = methods.filter((name) => answered.length === 0 || answered.includes(name));
    add(allowed, `${base}/${angled(path)}`);
  }
  interpreter.effect();
  return UNKNOWN;
};

function upper(method: string): string {
  return method.toUpperCase();
}

/** `@stock.mapping.post`: another function answers this method of the action `stock`. */
export function actionMapping(view: FunctionValue): Value | undefined {
  if (!view.facts.has(ACTION)) return undefined;
  const answer = (method: string): Value =>
    native(({ positional: [other = UNKNOWN] }) => {
      const known = itemsOf(view.facts.get(MAPPED));
      view.facts.set(MAPPED, listValue([...known, textValue(method)]));
      return other;
    });
  return { is: 'record', fields: new Map(HTTP_METHODS.map((name) => [name, answer(name)])) };
}

function lookupOf(type: ClassValue): string {
  const given = plainText(memberOfClass(type, 'lookup_url_kwarg'));
  return given ?? plainText(memberOfClass(type, 'lookup_field')) ?? 'pk';
}

/** The path of an action may hold named groups. */
function angled(path: string): string {
  return path.replaceAll(/\(\?P<(\w+)>[^()]*\)/g, '<$1>');
}

function extraActions(type: ClassValue): { view: FunctionValue; fact: RecordValue }[] {
  const names = lineageOf(type).flatMap(({ members }) => members.names);
  return [...new Set(names)].flatMap((name) => {
    const view = memberOfClass(type, name);
    const fact = view?.is === 'function' ? view.facts.get(ACTION) : undefined;
    return view?.is === 'function' && fact?.is === 'record' ? [{ view, fact }] : [];
  });
}

function router(hasRoot: boolean): ExternalFunction {
  return (call, { book }) => {
    const made = book.router('drf', call.place, 'angle');
    if (hasRoot) book.route(made, 'django', ['GET'], textValue('/'), 'angle', call.place);
    return made;
  };
}

/** drf-nested-routers: `NestedSimpleRouter(parent, 'domains', lookup='domain')`. */
const nestedRouter: ExternalFunction = (call, { book }) => {
  const parent = routerIn(argument(call, 0, 'parent_router'));
  const given = plainText(argument(call, 1, 'parent_prefix')) ?? '';
  const lookup = plainText(argument(call, 2, 'lookup')) ?? 'nested_1';
  // Its URLs are no part of the parent's: both are included.
  const above = (parent && book.prefixOf(parent)?.replaceAll(/\{(\w+)\}/g, '<$1>')) ?? '';
  const prefix = textValue(`${above}/${given}/<${lookup}_pk>`);
  return book.router('drf', call.place, 'angle', { prefix });
};

/** A router of another app: `router.registry.extend(other.registry)`. */
const extend: RouterMethod = (made, call, { book }) => {
  const other: Value = call.positional[0] ?? UNKNOWN;
  const child = routerIn(other);
  if (child) book.mount(made, child, undefined, 'angle');
  return UNKNOWN;
};

export const restFramework: Framework = {
  externals: {
    'rest_framework.routers.DefaultRouter': router(true),
    'rest_framework.routers.SimpleRouter': router(false),
    'rest_framework_nested.routers.DefaultRouter': router(true),
    'rest_framework_nested.routers.SimpleRouter': router(false),
    'rest_framework_nested.routers.NestedSimpleRouter': nestedRouter,
    'rest_framework_nested.routers.NestedDefaultRouter': nestedRouter,
    'rest_framework.decorators.action': action,
  },
  routers: { drf: { syntax: 'angle', methods: { register, extend } } },
  itself: ['urls', 'registry'],
};
