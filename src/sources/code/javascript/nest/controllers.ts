import { positionOf, type SyntaxNode } from '../../parse.ts';
import type { CodePlace } from '../../routes.ts';
import { entryOf } from '../../table.ts';
import type { Interpreter } from '../interpreter.ts';
import { membersOf } from '../interpreter.ts';
import { fieldOf, partsOf, textOf } from '../syntax.ts';
import { asTexts, type ClassValue, fieldIn, isKnown, type Value } from '../values.ts';
import { argumentValue, type Decorator, decorators, namedDecorators } from './decorators.ts';

/** A method of a controller that answers to a path. */
export interface ControllerRoute {
  readonly method: string;
  readonly paths: readonly string[];
  readonly versions: Value | undefined;
  readonly place: CodePlace;
  readonly fields: readonly string[];
  readonly isGuarded: boolean;
}

/** A method that answers to messages or to GraphQL fields. */
export interface MessageHandler {
  readonly protocol: 'event' | 'graphql';
  readonly method: string;
  readonly name: string;
  readonly place: CodePlace;
  readonly fields: readonly string[];
  readonly isGuarded: boolean;
}

export interface Controller {
  readonly type: ClassValue;
  readonly paths: readonly string[];
  readonly versions: Value | undefined;
  readonly routes: readonly ControllerRoute[];
  readonly handlers: readonly MessageHandler[];
  /** gRPC interfaces that it implements. */
  readonly interfaces: readonly { readonly name: string; readonly place: CodePlace }[];
}

const ROUTES: Readonly<Record<string, string>> = {
  Get: 'GET',
  Post: 'POST',
  Put: 'PUT',
  Patch: 'PATCH',
  Delete: 'DELETE',
  Head: 'HEAD',
  Options: 'OPTIONS',
  All: 'ANY',
  Sse: 'GET',
};
const MESSAGES: Readonly<Record<string, string>> = {
  MessagePattern: 'SUBSCRIBE',
  EventPattern: 'SUBSCRIBE',
};
const FIELDS: Readonly<Record<string, string>> = {
  Query: 'QUERY',
  Mutation: 'MUTATION',
  Subscription: 'SUBSCRIPTION',
};
const GUARDS = new Set(['UseGuards', 'Roles', 'Authorized', 'Auth']);
const PARAMETERS = new Set(['Param', 'Query', 'Body', 'Args', 'Headers']);

/** Reads a decorated class; undefined where it is neither controller nor resolver. */
export function toController(type: ClassValue, run: Interpreter): Controller | undefined {
  const own = decorators(type.node, type.scope, run);
  const controller = own.find(({ name }) => name === 'Controller');
  const isResolver = own.some(({ name }) => name === 'Resolver');
  if (controller === undefined && !isResolver) return undefined;
  const options = argumentValue(controller, type, run);
  const isGuarded = own.some(({ name }) => GUARDS.has(name));
  const members = membersWithParents(type, run);
  return {
    type,
    paths: pathsOf(options?.kind === 'object' ? fieldIn(options, 'path') : options),
    versions: fieldIn(options, 'version'),
    routes: members.flatMap((member) => toRoutes(member, isGuarded, run)),
    handlers: members.flatMap((member) => toHandlers(member, isResolver, isGuarded, run)),
    interfaces: [
      ...generatedInterfaces(own, type),
      ...members.flatMap((member) => toInterfaces(member, type, run)),
    ],
  };
}

interface Member {
  readonly node: SyntaxNode;
  readonly type: ClassValue;
  readonly decorators: readonly Decorator[];
}

/** Methods of a class and of those above it whose decorators it inherits. */
function membersWithParents(type: ClassValue, run: Interpreter): Member[] {
  const found = new Map<string, Member>();
  let current: ClassValue | undefined = type;
  for (let level = 0; current !== undefined && level < 8; level++) {
    const owner: ClassValue = current;
    for (const node of membersOf(owner)) {
      const name = textOf(fieldOf(node, 'name'));
      if (node.kind() !== 'method_definition' || found.has(name)) continue;
      found.set(name, { node, type: owner, decorators: decorators(node, owner.scope, run) });
    }
    current = run.parentOf(owner);
  }
  return [...found.values()];
}

function toRoutes(member: Member, isClassGuarded: boolean, run: Interpreter): ControllerRoute[] {
  const version = member.decorators.find(({ name }) => name === 'Version');
  return member.decorators.flatMap((decorator) => {
    const method = entryOf(ROUTES, decorator.name);
    if (method === undefined) return [];
    return [
      {
        method,
        paths: pathsOf(argumentValue(decorator, member.type, run)),
        versions: argumentValue(version, member.type, run),
        ...common(member, decorator, isClassGuarded),
      },
    ];
  });
}

function toHandlers(
  member: Member,
  isResolver: boolean,
  isClassGuarded: boolean,
  run: Interpreter,
): MessageHandler[] {
  const methods = isResolver ? FIELDS : MESSAGES;
  return member.decorators.flatMap((decorator) => {
    const method = entryOf(methods, decorator.name);
    if (method === undefined) return [];
    const values = decorator.arguments.map((_, index) =>
      argumentValue(decorator, member.type, run, index),
    );
    const names = isResolver
      ? [fieldName(values) ?? textOf(fieldOf(member.node, 'name'))]
      : patternNames(values[0]);
    return names.map((name) => ({
      protocol: isResolver ? ('graphql' as const) : ('event' as const),
      method,
      name,
      ...common(member, decorator, isClassGuarded),
    }));
  });
}

/** `@Query(() => Cat, { name: 'cat' })`, `@Query('cat')`. */
function fieldName(values: readonly (Value | undefined)[]): string | undefined {
  const named = values.map((value) => fieldIn(value, 'name')).find(isKnown);
  return asTexts(named ?? values[0])[0];
}

/** `'orders.created'`, or `{ cmd: 'sum' }` as `cmd:sum`. */
function patternNames(value: Value | undefined): string[] {
  if (value?.kind !== 'object') return asTexts(value);
  const parts = [...value.fields].flatMap(([name, each]) =>
    asTexts(each).map((text) => `${name}:${text}`),
  );
  return parts.length === 0 ? [] : [parts.sort().join(',')];
}

function common(member: Member, decorator: Decorator, isClassGuarded: boolean) {
  const file = member.type.scope.module.path;
  return {
    place: { file, ...positionOf(decorator.node) },
    fields: fieldsOf(member.node, member.type),
    isGuarded: isClassGuarded || member.decorators.some(({ name }) => GUARDS.has(name)),
  };
}

function fieldsOf(method: SyntaxNode, type: ClassValue): string[] {
  const list = fieldOf(method, 'parameters');
  return (list ? partsOf(list) : []).flatMap((parameter) =>
    namedDecorators(parameter, type.scope).flatMap(({ name, arguments: [first] }) =>
      PARAMETERS.has(name) && first?.kind() === 'string' ? [first.text().slice(1, -1)] : [],
    ),
  );
}

/** `@GrpcMethod('CartService', 'Get')`; without a name the class's own, as NestJS takes it. */
function toInterfaces(member: Member, type: ClassValue, run: Interpreter) {
  return member.decorators.flatMap((decorator) => {
    if (!/^Grpc(?:Stream)?(?:Method|Call)$/.test(decorator.name)) return [];
    const named = asTexts(argumentValue(decorator, member.type, run))[0];
    const name = named ?? type.name.replace(/Controller$/, '');
    return [{ name, place: common(member, decorator, false).place }];
  });
}

/** `@CartServiceControllerMethods()`, as ts-proto generates it. */
function generatedInterfaces(own: readonly Decorator[], type: ClassValue) {
  return own.flatMap(({ name, node }) => {
    const service = /^(\w+)ControllerMethods$/.exec(name)?.[1];
    const place = { file: type.scope.module.path, ...positionOf(node) };
    return service === undefined ? [] : [{ name: service, place }];
  });
}

function pathsOf(value: Value | undefined): string[] {
  const texts = asTexts(value);
  return texts.length === 0 ? [''] : texts;
}
