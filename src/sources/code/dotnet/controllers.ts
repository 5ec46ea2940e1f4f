import type { Position } from '../../../base/text.ts';
import { libraryBases, lineageOf } from '../interpreter/classes.ts';
import type { Program } from '../interpreter/framework.ts';
import type { CallExpression, Expression, FunctionNode } from '../interpreter/program.ts';
import {
  type ClassValue,
  fillHoles,
  textsOf,
  textValue,
  type Value,
} from '../interpreter/value.ts';
import { aspnetPath } from './path.ts';

/** Controllers with attribute routes.
 *  @see ASP.NET Core: Routing to controller actions, Attribute routing for REST APIs */

const VERBS: Readonly<Record<string, string>> = {
  HttpGet: 'GET',
  HttpPost: 'POST',
  HttpPut: 'PUT',
  HttpDelete: 'DELETE',
  HttpPatch: 'PATCH',
  HttpHead: 'HEAD',
  HttpOptions: 'OPTIONS',
};

interface Attribute {
  readonly name: string;
  readonly at: Position;
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

interface Action {
  readonly at: Position;
  readonly methods: readonly string[];
  /** Undefined: only the class says where. */
  readonly template: string | undefined;
}

/** Takes down the routes of a class if it is a controller that can be made. */
export function registerController(type: ClassValue, program: Program): void {
  if (!isController(type)) return;
  const { book } = program;
  const prefixes = inherited(type, (one) => routesOf(attributesOf(one, one.node, program)));
  const area = areaOf(type, program);
  const isGuarded = has(decoratorsOf(type), 'Authorize');
  const place = { file: type.scope.file, ...type.node.at };
  const router = book.shared('aspnet-controller', place, 'brace');
  for (const { node, owner } of actionsOf(type)) {
    const attributes = attributesOf(owner, node, program);
    const says = (name: string): boolean => attributes.some((attribute) => attribute.name === name);
    if (says('NonAction')) continue;
    const isOpen = says('AllowAnonymous') || !(isGuarded || says('Authorize'));
    const security = isOpen ? undefined : 'required';
    for (const { methods, template, at } of routedActions(attributes)) {
      const paths = combined(prefixes, template).flatMap((written) =>
        aspnetPath(textValue(withTokens(written, type.node.name, node.name, area))),
      );
      const where = { file: owner.scope.file, ...at };
      for (const path of paths) {
        book.route(router, 'aspnet', methods, path, 'brace', where, { security });
      }
    }
  }
}

function isController(type: ClassValue): boolean {
  const { name, decorators } = type.node;
  if (decorators.some((item) => item.is === 'name' && item.name === '#abstract')) return false;
  if (has(decoratorsOf(type), 'NonController')) return false;
  return (
    name.endsWith('Controller') ||
    has(decoratorsOf(type), 'ApiController', 'Controller') ||
    libraryBases(type).some((path) => /(?:^|\.)(?:Api)?Controller(?:Base)?$/.test(path))
  );
}

/** The attributes of a class and of those that it inherits from. */
function decoratorsOf(type: ClassValue): Expression[] {
  return lineageOf(type).flatMap(({ node }) => node.decorators);
}

/** What the nearest class says that says anything. */
function inherited(type: ClassValue, read: (one: ClassValue) => string[]): string[] {
  for (const one of lineageOf(type)) {
    const found = read(one);
    if (found.length > 0) return found;
  }
  return [];
}

interface Method {
  readonly node: FunctionNode;
  readonly owner: ClassValue;
}

/** The methods of a class and those that it inherits and does not override. Methods of one name
 *  differ in their parameters. */
function actionsOf(type: ClassValue): Method[] {
  const found: Method[] = [];
  for (const owner of lineageOf(type)) {
    const inherited = found.map(({ node }) => signatureOf(node));
    for (const statement of owner.node.body) {
      if (statement.is !== 'function' || statement.function.name === '.ctor') continue;
      const isOverridden = inherited.includes(signatureOf(statement.function));
      if (!isOverridden) found.push({ node: statement.function, owner });
    }
  }
  return found;
}

function signatureOf({ name, parameters }: FunctionNode): string {
  return `${name}/${parameters.length}`;
}

function attributesOf(
  owner: ClassValue,
  { decorators }: { readonly decorators: readonly Expression[] },
  { interpreter }: Program,
): Attribute[] {
  return decorators
    .filter((item): item is CallExpression => item.is === 'call')
    .map(({ callee, arguments: given, at }) => {
      const positional: Value[] = [];
      const named = new Map<string, Value>();
      for (const { name, value } of given) {
        const evaluated = interpreter.evaluate(value, owner.members);
        if (name === undefined || name === 'template') positional.push(evaluated);
        else named.set(name, evaluated);
      }
      return { name: callee.is === 'name' ? callee.name : '', at, positional, named };
    });
}

function has(decorators: readonly Expression[], ...names: readonly string[]): boolean {
  return decorators.some(
    (item) => item.is === 'call' && item.callee.is === 'name' && names.includes(item.callee.name),
  );
}

function templateOf({ positional }: Attribute): string | undefined {
  const [first] = positional;
  return first?.is === 'text' ? fillHoles(first.text, (name) => `{${name}}`) : undefined;
}

function routesOf(attributes: readonly Attribute[]): string[] {
  return attributes
    .filter(({ name }) => name === 'Route' || name === 'RoutePrefix')
    .flatMap((attribute) => templateOf(attribute) ?? []);
}

/** Each method attribute with a template is a route; those without share the `[Route]`s. */
function routedActions(attributes: readonly Attribute[]): Action[] {
  const actions: Action[] = [];
  const bare: { methods: string[]; at: Position }[] = [];
  for (const attribute of attributes) {
    const { name, at } = attribute;
    const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
    const accepts = name === 'AcceptVerbs' ? attribute.positional.flatMap(textsOf) : [];
    const methods = verb === undefined ? accepts : [verb];
    const isVerb = verb !== undefined;
    const template = isVerb ? templateOf(attribute) : textsOf(attribute.named.get('Route'))[0];
    if (methods.length === 0) continue;
    if (template === undefined) bare.push({ methods, at });
    else actions.push({ methods, template, at });
  }
  const shared = bare.flatMap(({ methods }) => methods);
  const routes = attributes.filter(({ name }) => name === 'Route');
  for (const route of routes) {
    const methods = shared.length > 0 ? shared : ['ANY'];
    actions.push({ methods, template: templateOf(route) ?? '', at: route.at });
  }
  if (routes.length > 0) return actions;
  return [...actions, ...bare.map((action) => ({ ...action, template: undefined }))];
}

/** An action's template goes below the class's, unless it begins with a slash. Without either the
 *  path is conventional, and nothing here can tell it. */
function combined(prefixes: readonly string[], template: string | undefined): string[] {
  if (template?.startsWith('/') || template?.startsWith('~/')) return [template];
  if (prefixes.length === 0) return template === undefined ? [] : [template];
  return prefixes.map((prefix) => (template ? `${prefix}/${template}` : prefix));
}

/** `[controller]`, `[action]` and `[area]`. */
function withTokens(template: string, controller: string, action: string, area: string): string {
  return template
    .replaceAll(/\[controller\]/gi, controller.replace(/Controller$/, ''))
    .replaceAll(/\[action\]/gi, action.replace(/Async$/, ''))
    .replaceAll(/\[area\]/gi, area);
}

function areaOf(type: ClassValue, program: Program): string {
  const [area] = inherited(type, (one) =>
    attributesOf(one, one.node, program)
      .filter(({ name }) => name === 'Area')
      .flatMap((attribute) => templateOf(attribute) ?? []),
  );
  return area ?? '';
}
