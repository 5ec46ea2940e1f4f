import type { Program } from '../interpreter/framework.ts';
import type { CallExpression, Expression } from '../interpreter/program.ts';
import {
  type ClassValue,
  type FunctionValue,
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

/** Classes from which a class inherits, as far up as is looked. */
const MAX_BASES = 16;

interface Attribute {
  readonly name: string;
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

interface Action {
  readonly methods: readonly string[];
  /** Undefined: only the class says where. */
  readonly template: string | undefined;
}

/** Takes down the routes of a class if it is a controller that can be made. */
export function registerController(type: ClassValue, program: Program): void {
  if (!isController(type)) return;
  const prefixes = inherited(type, (one) =>
    routesOf(attributesOf(one, one.node.decorators, program)),
  );
  const isGuarded = has(
    lineage(type).flatMap(({ node }) => node.decorators),
    'Authorize',
  );
  const place = { file: type.scope.file, ...type.node.at };
  const router = program.book.shared('aspnet-controller', place, 'brace');
  for (const { value, owner } of actionsOf(type)) {
    const attributes = attributesOf(owner, value.node.decorators, program);
    if (attributes.some(({ name }) => name === 'NonAction')) continue;
    const at = { file: value.scope.file, ...value.node.at };
    const allows = attributes.some(({ name }) => name === 'AllowAnonymous');
    const guarded = isGuarded || attributes.some(({ name }) => name === 'Authorize');
    const security = guarded && !allows ? 'required' : undefined;
    for (const { methods, template } of routedActions(attributes)) {
      for (const written of combined(prefixes, template)) {
        const filled = withTokens(written, type.node.name, value.node.name, areaOf(type, program));
        for (const path of aspnetPath(textValue(filled))) {
          program.book.route(router, 'aspnet', methods, path, 'brace', at, { security });
        }
      }
    }
  }
}

function isController(type: ClassValue): boolean {
  const { name, decorators } = type.node;
  if (decorators.some((item) => item.is === 'name' && item.name === '#abstract')) return false;
  const all = lineage(type);
  if (
    has(
      all.flatMap(({ node }) => node.decorators),
      'NonController',
    )
  )
    return false;
  return (
    name.endsWith('Controller') ||
    has(
      all.flatMap(({ node }) => node.decorators),
      'ApiController',
      'Controller',
    ) ||
    all.some(({ bases }) =>
      bases.some(
        (base) => base.is === 'external' && /(?:^|\.)(?:Api)?Controller(?:Base)?$/.test(base.path),
      ),
    )
  );
}

/** The class and those of the program that it inherits from, nearest first. */
function lineage(type: ClassValue, depth = 0): ClassValue[] {
  const bases = type.bases.flatMap((base) =>
    base.is === 'class' && depth < MAX_BASES ? lineage(base, depth + 1) : [],
  );
  return [type, ...bases];
}

/** What the nearest class says that says anything. */
function inherited(type: ClassValue, read: (one: ClassValue) => string[]): string[] {
  for (const one of lineage(type)) {
    const found = read(one);
    if (found.length > 0) return found;
  }
  return [];
}

function actionsOf(type: ClassValue): { value: FunctionValue; owner: ClassValue }[] {
  const found = new Map<string, { value: FunctionValue; owner: ClassValue }>();
  for (const owner of lineage(type)) {
    owner.node.body.forEach((statement, index) => {
      if (statement.is !== 'function' || statement.function.name === '.ctor') return;
      const node = statement.function;
      // Methods of one name differ in their parameters; what overrides hides what it overrides.
      const signature = `${node.name}/${node.parameters.length}`;
      const key = owner === type ? `${signature}#${index}` : signature;
      const isHidden =
        owner !== type && [...found.keys()].some((known) => known.startsWith(`${signature}#`));
      if (found.has(key) || isHidden) return;
      found.set(key, {
        value: { is: 'function', node, scope: owner.members, facts: new Map() },
        owner,
      });
    });
  }
  return [...found.values()];
}

function attributesOf(
  owner: ClassValue,
  decorators: readonly Expression[],
  { interpreter }: Program,
): Attribute[] {
  return decorators
    .filter((item): item is CallExpression => item.is === 'call')
    .map(({ callee, arguments: given }) => {
      const positional: Value[] = [];
      const named = new Map<string, Value>();
      for (const { name, value } of given) {
        const evaluated = interpreter.evaluate(value, owner.members);
        if (name === undefined || name === 'template') positional.push(evaluated);
        else named.set(name, evaluated);
      }
      return { name: callee.is === 'name' ? callee.name : '', positional, named };
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
  const bare: string[] = [];
  for (const attribute of attributes) {
    const verb = Object.hasOwn(VERBS, attribute.name) ? VERBS[attribute.name] : undefined;
    const accepts = attribute.name === 'AcceptVerbs' ? attribute.positional.flatMap(textsOf) : [];
    const methods = verb === undefined ? accepts : [verb];
    if (methods.length === 0) continue;
    const given =
      verb === undefined ? textsOf(attribute.named.get('Route'))[0] : templateOf(attribute);
    if (given === undefined) bare.push(...methods);
    else actions.push({ methods, template: given });
  }
  const routes = routesOf(attributes);
  for (const template of routes)
    actions.push({ methods: bare.length > 0 ? bare : ['ANY'], template });
  if (routes.length === 0 && bare.length > 0) actions.push({ methods: bare, template: undefined });
  return actions;
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
    attributesOf(one, one.node.decorators, program)
      .filter(({ name }) => name === 'Area')
      .flatMap((attribute) => templateOf(attribute) ?? []),
  );
  return area ?? '';
}
