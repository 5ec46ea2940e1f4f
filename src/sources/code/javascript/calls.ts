import type { SyntaxNode } from '../parse.ts';
import { positionOf } from '../parse.ts';
import type { CodePlace } from '../routes.ts';
import { callBuiltin, makeCollection } from './builtins.ts';
import { evaluate, evaluateParts } from './expressions.ts';
import { isServiceRegistration, serviceRegistration } from './frameworks/grpc.ts';
import { frameworkOf } from './frameworks/index.ts';
import { importAll } from './imports.ts';
import type { Interpreter } from './interpreter.ts';
import { memberOf } from './members.ts';
import { callNodePackage } from './node-packages.ts';
import type { Scope } from './scope.ts';
import { fieldOf, partsOf, textOf } from './syntax.ts';
import { asText, type ExternalValue, isKnown, UNKNOWN, type Value } from './values.ts';

interface Call {
  readonly node: SyntaxNode;
  readonly scope: Scope;
  readonly run: Interpreter;
  readonly values: readonly Value[];
  readonly nodes: readonly SyntaxNode[];
}

/** The value of `f(…)`, `x.f(…)`, `require(…)`, `import(…)`, `super(…)`. */
export function evaluateCall(node: SyntaxNode, scope: Scope, run: Interpreter): Value {
  const callee = fieldOf(node, 'function');
  if (callee === undefined) return UNKNOWN;
  const kind = callee.kind();
  const list = fieldOf(node, 'arguments');
  if (list?.kind() === 'template_string') {
    return callee.text() === 'String.raw' ? evaluate(list, scope, run) : UNKNOWN;
  }
  if (kind === 'member_expression' || kind === 'subscript_expression') {
    // The receiver first: in a chain, what stands left happens before.
    const object = fieldOf(callee, 'object');
    const receiver = object === undefined ? UNKNOWN : evaluate(object, scope, run);
    const method = methodName(callee, scope, run);
    return callMethod(receiver, method, callee, toCall(node, scope, run));
  }
  const call = toCall(node, scope, run);
  if (callee.text() === 'require' || kind === 'import') return importCall(call);
  if (kind === 'super') return callSuper(call);
  return callValue(evaluate(callee, scope, run), call);
}

/** `require(path)`; a path that is put together may start at the root of the folder, as `__dirname`
 *  does here. */
function importCall({ values, nodes, scope, run }: Call): Value {
  const specifier = asText(values[0]);
  if (specifier === undefined) return UNKNOWN;
  const isWritten = nodes[0]?.kind() === 'string';
  return (isWritten ? undefined : run.load(specifier)) ?? importAll(scope.module, specifier, run);
}

/** The value of `new C(…)`. */
export function evaluateNew(node: SyntaxNode, scope: Scope, run: Interpreter): Value {
  const callee = fieldOf(node, 'constructor');
  if (callee === undefined) return UNKNOWN;
  const call = toCall(node, scope, run);
  const isGlobal = callee.kind() === 'identifier' && !scope.has(callee.text());
  const made = isGlobal ? makeCollection(callee.text(), call.values) : undefined;
  return made ?? callValue(evaluate(callee, scope, run), call);
}

function toCall(node: SyntaxNode, scope: Scope, run: Interpreter): Call {
  const list = fieldOf(node, 'arguments');
  const hasList = list?.kind() === 'arguments';
  const nodes = hasList ? partsOf(list) : [];
  return { node, scope, run, values: evaluateParts(nodes, scope, run), nodes };
}

function methodName(callee: SyntaxNode, scope: Scope, run: Interpreter): string {
  const index = fieldOf(callee, 'index');
  if (index === undefined) return textOf(fieldOf(callee, 'property'));
  return asText(evaluate(index, scope, run)) ?? '';
}

function callValue(callee: Value, call: Call): Value {
  if (callee.kind === 'external') return callExternal(callee, call);
  return call.run.call(callee, call.values);
}

function callMethod(receiver: Value, method: string, callee: SyntaxNode, call: Call): Value {
  const { run, values } = call;
  if (isServiceRegistration(method)) {
    serviceRegistration(receiver, method, site(call, placeOfMethod(callee, call)));
  }
  if (method === 'then' && isKnown(receiver) && receiver.kind !== 'external') {
    const [next] = values;
    const given = next === undefined ? UNKNOWN : run.call(next, [receiver]);
    return isKnown(given) ? given : receiver;
  }
  const [asked] = values;
  // A container gives its one instance of a class: `container.resolve(UserRoutes)`.
  if (asked?.kind === 'class' && GIVES.has(method) && !PROGRAM.has(receiver.kind)) {
    return run.instanceOf(asked);
  }
  if (receiver.kind === 'router') {
    const place = placeOfMethod(callee, call);
    return receiver.router.invoke({ ...site(call, place), router: receiver, method }) ?? UNKNOWN;
  }
  const built = callBuiltin(receiver, method, values, run);
  if (built !== undefined) return built;
  const value = memberOf(receiver, method, run);
  if (value.kind === 'external') return callExternal(value, call);
  const self = receiver.kind === 'object' || receiver.kind === 'class' ? receiver : undefined;
  return run.call(value, values, self);
}

const GIVES = new Set(['get', 'resolve', 'make']);
/** Receivers whose methods the program itself defines. */
const PROGRAM: ReadonlySet<Value['kind']> = new Set(['object', 'class', 'router', 'list']);

function callExternal(callee: ExternalValue, call: Call): Value {
  const { run } = call;
  const place = run.placeOf(call.node, call.scope);
  const made = frameworkOf(callee.module)?.call({ ...site(call, place), callee });
  if (made !== undefined) return made;
  const found = callNodePackage(callee, call.values, run, call.scope.module.path);
  if (found !== undefined) return found;
  run.call(UNKNOWN, call.values);
  return { ...callee, path: [...callee.path, '()'].slice(-MAX_PATH) };
}

/** Steps kept of what packages give: chains of unknown calls can be long. */
const MAX_PATH = 16;

function callSuper(call: Call): Value {
  const { scope, run, values } = call;
  const type = scope.get('super class');
  const self = scope.get('this');
  if (type.kind !== 'class' || self.kind !== 'object') return UNKNOWN;
  const parent = run.parentOf(type);
  if (parent !== undefined) run.initialise(parent, self, values);
  return UNKNOWN;
}

function site(call: Call, place: CodePlace) {
  const { run, scope, values, nodes } = call;
  return { arguments: values, nodes, place, world: run.world, file: scope.module.path };
}

/** In a chain over several lines, the line of the method that registers. */
function placeOfMethod(callee: SyntaxNode, call: Call): CodePlace {
  const property = fieldOf(callee, 'property') ?? callee;
  const begin = positionOf(call.node);
  const own = positionOf(property);
  return { file: call.scope.module.path, ...(begin.line === own.line ? begin : own) };
}
