import { type Budget, LimitError } from './budget.ts';
import { callExpression, isExpressionFunction } from './expressions.ts';
import { FUNCTIONS, type TemplateFunction, UnknownFunction } from './functions.ts';
import type { Printer, TemplatePlace } from './output.ts';
import { parseTemplate } from './parser.ts';
import type { Expression, Node } from './template.ts';
import { type Dict, fieldOf, isDict, isTrue, toText, type Value } from './value.ts';

/** A body that a name stands for, with the file that defines it. */
export interface NamedTemplate {
  readonly file: string;
  readonly nodes: readonly Node[];
}

/** What one chart's templates share. */
export interface Scope {
  readonly named: ReadonlyMap<string, NamedTemplate>;
  /** Told of each expression that could not be evaluated, once for each place. */
  readonly onSkipped: (what: string, place: TemplatePlace) => void;
  readonly budget: Budget;
}

const MAX_DEPTH = 60;

/** Ends a loop early. */
class LoopSignal extends Error {
  readonly is: 'break' | 'continue';

  constructor(is: 'break' | 'continue') {
    super(is);
    this.is = is;
  }
}

type Variables = { readonly values: Map<string, Value>; readonly parent: Variables | undefined };

/** Evaluates nodes of templates as text/template and Helm do, except that what cannot be evaluated
 *  prints nothing and is reported, so that the rest of the file is still read.
 *  @see https://pkg.go.dev/text/template, https://helm.sh/docs/chart_template_guide/ */
export class Evaluator {
  readonly #scope: Scope;
  #depth = 0;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** @throws {LimitError} */
  run({ nodes, file }: NamedTemplate, root: Value, output: Printer): void {
    if (++this.#depth > MAX_DEPTH)
      throw new LimitError(`templates nested deeper than ${MAX_DEPTH}`);
    const variables: Variables = { values: new Map([['$', root]]), parent: undefined };
    try {
      this.#nodes(nodes, root, variables, file, output);
    } catch (thrown) {
      if (!(thrown instanceof LoopSignal)) throw thrown;
    } finally {
      this.#depth--;
    }
  }

  #nodes(
    nodes: readonly Node[],
    dot: Value,
    variables: Variables,
    file: string,
    output: Printer,
  ): void {
    for (const node of nodes) {
      this.#scope.budget.step();
      this.#node(node, dot, variables, file, output);
    }
  }

  #node(node: Node, dot: Value, variables: Variables, file: string, output: Printer): void {
    const place = { file, offset: node.offset };
    const evaluate = (expression: Expression) => this.#try(expression, dot, variables, place);
    switch (node.is) {
      case 'text':
        this.#print(node.text, place, true, output);
        return;
      case 'output':
        this.#output(node.value, dot, variables, place, output);
        return;
      case 'assign':
        assign(variables, node.name, evaluate(node.value), node.declares);
        return;
      case 'template': {
        const named = this.#scope.named.get(node.name);
        const value = node.value ? evaluate(node.value) : undefined;
        if (named) this.run(named, value, output);
        else this.#scope.onSkipped(`the template ${node.name}`, place);
        return;
      }
      case 'if':
      case 'with': {
        const value = evaluate(node.value);
        const inner = inside(variables);
        if (node.name !== undefined) inner.values.set(node.name, value);
        const body = isTrue(value) ? node.body : node.otherwise;
        const next = node.is === 'with' && isTrue(value) ? value : dot;
        this.#nodes(body, next, inner, file, output);
        return;
      }
      case 'range':
        this.#range(node, evaluate(node.value), dot, variables, file, output);
        return;
      default:
        throw new LoopSignal(node.is);
    }
  }

  /** A named template that is printed as it is keeps its own places. */
  #output(
    expression: Expression,
    dot: Value,
    variables: Variables,
    place: TemplatePlace,
    output: Printer,
  ): void {
    const name =
      expression.is === 'call' && expression.name === 'include' ? expression.args[0] : undefined;
    const named =
      name?.is === 'literal' && expression.is === 'call' && expression.args[1]
        ? this.#scope.named.get(toText(name.value))
        : undefined;
    if (named && expression.is === 'call' && expression.args[1]) {
      this.run(named, this.#try(expression.args[1], dot, variables, place), output);
    } else {
      const value = this.#try(expression, dot, variables, place);
      this.#scope.budget.walk(value);
      this.#print(toText(value), place, false, output);
    }
  }

  #range(
    node: Extract<Node, { is: 'range' }>,
    value: Value,
    dot: Value,
    variables: Variables,
    file: string,
    output: Printer,
  ): void {
    const items = itemsOf(value);
    if (items.length === 0) {
      this.#nodes(node.otherwise, dot, inside(variables), file, output);
      return;
    }
    for (const [key, item] of items) {
      const inner = inside(variables);
      if (node.key !== undefined) inner.values.set(node.key, key);
      if (node.name !== undefined) inner.values.set(node.name, item);
      try {
        this.#nodes(node.body, item, inner, file, output);
      } catch (thrown) {
        if (!(thrown instanceof LoopSignal)) throw thrown;
        if (thrown.is === 'break') return;
      }
    }
  }

  #print(text: string, place: TemplatePlace, isLiteral: boolean, output: Printer): void {
    this.#scope.budget.print(text.length);
    output.write(text, place, isLiteral);
  }

  #try(expression: Expression, dot: Value, variables: Variables, place: TemplatePlace): Value {
    try {
      return this.#evaluate(expression, dot, variables, place);
    } catch (thrown) {
      if (!(thrown instanceof UnknownFunction)) throw thrown;
      this.#scope.onSkipped(thrown.message, place);
      return undefined;
    }
  }

  #evaluate(expression: Expression, dot: Value, variables: Variables, place: TemplatePlace): Value {
    this.#scope.budget.step();
    const inner = (one: Expression) => this.#evaluate(one, dot, variables, place);
    switch (expression.is) {
      case 'literal':
        return expression.value;
      case 'dot':
        return called(follow(dot, expression.path));
      case 'variable':
        return called(follow(variableOf(variables, expression.name), expression.path));
      case 'field':
        return called(follow(inner(expression.base), expression.path));
      case 'method': {
        const { target } = expression;
        const method =
          target.is === 'dot'
            ? follow(dot, target.path)
            : target.is === 'variable'
              ? follow(variableOf(variables, target.name), target.path)
              : inner(target);
        return typeof method === 'function' ? method(...expression.args.map(inner)) : undefined;
      }
      case 'call':
        return this.#call(expression.name, expression.args, inner, dot, place);
      case 'pipe':
        return this.#pipe(expression.stages, inner, dot, variables, place);
    }
  }

  #pipe(
    stages: readonly Expression[],
    inner: (one: Expression) => Value,
    dot: Value,
    variables: Variables,
    place: TemplatePlace,
  ): Value {
    const [first, ...rest] = stages;
    let value = first ? inner(first) : undefined;
    for (const stage of rest) {
      const piped = value;
      if (stage.is === 'call') {
        const last: Expression = { is: 'variable', name: PIPED, path: [] };
        const scope = inside(variables);
        scope.values.set(PIPED, piped);
        const each = (one: Expression) => this.#evaluate(one, dot, scope, place);
        value = this.#call(stage.name, [...stage.args, last], each, dot, place);
      } else value = inner(stage);
    }
    return value;
  }

  #call(
    name: string,
    args: readonly Expression[],
    inner: (one: Expression) => Value,
    dot: Value,
    place: TemplatePlace,
  ): Value {
    // Only these two leave arguments out.
    if (name === 'and' || name === 'or') {
      let value: Value;
      for (const arg of args) {
        value = inner(arg);
        if (isTrue(value) === (name === 'or')) break;
      }
      return value;
    }
    const values = args.map(inner);
    if (name === 'include') return this.#include(toText(values[0]), values[1], place);
    if (name === 'tpl') return this.#tpl(toText(values[0]), values[1] ?? dot, place);
    if (name === 'fail') return '';
    const plain = name.replace(/^must([A-Z])/, lowerFirst);
    const expression = isExpressionFunction(plain) ? callExpression(plain, values) : undefined;
    if (expression) return expression.value;
    const known = FUNCTIONS.get(plain);
    if (!known) throw new UnknownFunction(name);
    if (!LOOKS_ONLY.has(plain)) for (const value of values) this.#scope.budget.walk(value);
    const value = made(name, known, values);
    this.#scope.budget.make(value);
    return value;
  }

  #include(name: string, value: Value, place: TemplatePlace): string {
    const named = this.#scope.named.get(name);
    if (!named) {
      this.#scope.onSkipped(`the template ${name}`, place);
      return '';
    }
    return this.#textOf(named, value);
  }

  /** A value that is itself a template. */
  #tpl(text: string, value: Value, place: TemplatePlace): string {
    if (!text.includes('{{')) return text;
    try {
      return this.#textOf({ file: place.file, nodes: parseTemplate(text).nodes }, value);
    } catch (thrown) {
      if (thrown instanceof LimitError) throw thrown;
      throw new UnknownFunction('tpl');
    }
  }

  #textOf(named: NamedTemplate, value: Value): string {
    const parts: string[] = [];
    // Places inside text that goes through functions are lost: lines shift.
    const sink: Printer = { write: (text) => parts.push(text) };
    this.run(named, value, sink);
    return parts.join('');
  }
}

/** What a function cannot work with, such as half a character, it does not know. */
function made(name: string, known: TemplateFunction, values: readonly Value[]): Value {
  try {
    return known(...values);
  } catch {
    throw new UnknownFunction(name);
  }
}

/** Functions that hand on what they are given, or look at its outside only. */
const LOOKS_ONLY: ReadonlySet<string> = new Set(
  'default coalesce ternary required empty not len get set unset hasKey index list tuple dict first last kindIs kindOf typeIs typeOf'.split(
    ' ',
  ),
);

const PIPED = '$(piped)';

function lowerFirst(_: string, letter: string): string {
  return letter.toLowerCase();
}

function inside(parent: Variables): Variables & { readonly values: Map<string, Value> } {
  return { values: new Map(), parent };
}

function assign(variables: Variables, name: string, value: Value, declares: boolean): void {
  let scope: Variables | undefined = variables;
  while (!declares && scope && !scope.values.has(name)) scope = scope.parent;
  (scope ?? variables).values.set(name, value);
}

function variableOf(variables: Variables, name: string): Value {
  for (let scope: Variables | undefined = variables; scope; scope = scope.parent) {
    if (scope.values.has(name)) return scope.values.get(name);
  }
  return undefined;
}

function follow(value: Value, path: readonly string[]): Value {
  return path.reduce<Value>((current, step) => fieldOf(called(current), step), value);
}

/** A method without arguments. */
function called(value: Value): Value {
  return typeof value === 'function' ? value() : value;
}

/** Lists by index, mappings in order of their keys, numbers as that many. */
function itemsOf(value: Value): readonly (readonly [Value, Value])[] {
  if (Array.isArray(value)) return value.map((item, index) => [index, item] as const);
  if (typeof value === 'number') {
    const length = Math.min(Math.max(0, Math.trunc(value)), 10_000);
    return Array.from({ length }, (_, index) => [index, index] as const);
  }
  const dict: Dict = isDict(value) ? value : {};
  return Object.keys(dict)
    .sort()
    .map((key) => [key, dict[key]] as const);
}
