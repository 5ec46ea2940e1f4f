import type { Position } from '../../../base/text.ts';
import { ancestorsOf, libraryBases, memberOfClass } from './classes.ts';
import { joinValues, MAX_ITEMS, mergeValues, nameOf, wrapped } from './combine.ts';
import { baseKey, Members } from './members.ts';
import { placed, unplaced } from './places.ts';
import type {
  CallExpression,
  ClassNode,
  Expression,
  FunctionNode,
  Parameter,
  Statement,
} from './program.ts';
import { evaluateRecord } from './records.ts';
import { Run } from './runs.ts';
import { Scope } from './scope.ts';
import type { Semantics } from './semantics.ts';
import { Statements } from './statements.ts';
import {
  type Call,
  type ClassValue,
  type FunctionValue,
  itemsOf,
  listValue,
  type RecordValue,
  textValue,
  UNKNOWN,
  type Value,
} from './value.ts';
import { Waiting } from './waiting.ts';

export interface InterpreterLimits {
  /** Statements and calls of one program. */
  readonly maxSteps: number;
  /** Functions within functions. */
  readonly maxDepth: number;
  /** Rounds of one loop. */
  readonly maxRounds: number;
}

export const DEFAULT_INTERPRETER_LIMITS: InterpreterLimits = {
  maxSteps: 2_000_000,
  maxDepth: 24,
  maxRounds: 2_000,
};

/** Runs a program for the routes that it registers, without what decides at run time: every branch
 *  is taken, every loop over something that is not known runs once, every function runs at least
 *  once, with arguments that stand for their types where nobody calls it. */
export class Interpreter {
  readonly #semantics: Semantics;
  readonly #limits: InterpreterLimits;
  readonly #runs = new Map<FunctionNode, Run>();
  readonly #active = new Set<FunctionNode>();
  readonly #waiting = new Waiting();
  readonly #members: Members;
  readonly #statements: Statements;
  #steps = 0;
  #depth = 0;
  #effects = 0;
  #origin: string | undefined;

  constructor(semantics: Semantics, limits = DEFAULT_INTERPRETER_LIMITS) {
    this.#semantics = semantics;
    this.#limits = limits;
    this.#members = new Members(this, semantics);
    this.#statements = new Statements(this, semantics, limits.maxRounds);
  }

  /** The program did more than the limit allows, and the rest of it was not run. */
  get isExhausted(): boolean {
    return this.#steps > this.#limits.maxSteps;
  }

  /** Called by a language's tables when something is registered. */
  effect(): void {
    this.#effects++;
  }

  /** The file of the function that is run without being called: where what runs now begins. */
  get origin(): string | undefined {
    return this.#origin;
  }

  run(statements: readonly Statement[], scope: Scope): void {
    this.#statements.execute(statements, scope, []);
  }

  /** Runs a function that nobody calls, its parameters standing for their types. */
  runAlone(value: FunctionValue): void {
    if (this.#runs.has(value.node)) return;
    this.#origin = value.scope.file;
    this.call(value, emptyCall(value.scope.file, value.node.at));
    this.#origin = undefined;
  }

  /** Runs every function met so far that has not run, and those met on the way. */
  runWaiting(): void {
    const hasRun = (node: FunctionNode): boolean => this.#runs.has(node);
    for (
      let value = this.#waiting.next(hasRun);
      value !== undefined && !this.isExhausted;
      value = this.#waiting.next(hasRun)
    ) {
      this.runAlone(value);
      // Past a limit a function may not run; it is not tried again.
      if (!this.#runs.has(value.node)) this.#runs.set(value.node, new Run());
    }
  }

  functionValue(node: FunctionNode, scope: Scope, self?: Value): FunctionValue {
    const value: FunctionValue = {
      is: 'function',
      node,
      scope,
      ...(self && { self }),
      facts: new Map(),
    };
    if (this.#semantics.runsAlone(scope.file)) this.#waiting.add(value);
    return value;
  }

  classValue(node: ClassNode, scope: Scope): ClassValue {
    const bases = node.bases.map((base) => this.evaluate(base, scope));
    const value: ClassValue = {
      is: 'class',
      node,
      scope,
      bases,
      ancestors: ancestorsOf(bases),
      members: new Scope(scope.file, scope),
      facts: new Map(),
    };
    value.members.set('#class', value);
    this.run(node.body, value.members);
    return value;
  }

  /** A value of a type, when nothing more is known of it. Every object of one class of the program
   *  that is not known further is the same one. */
  instanceOf(type: Value, scope: Scope, at: Position): Value {
    if (type.is === 'external') {
      return (
        this.#semantics.instance(type.path, { file: scope.file, ...at }) ?? {
          is: 'external',
          path: `${type.path}()`,
        }
      );
    }
    if (type.is !== 'class') return UNKNOWN;
    if (type.node.element) return UNKNOWN;
    const known = type.facts.get('#instance');
    if (known) return known;
    const made: RecordValue = { is: 'record', class: type, fields: new Map() };
    type.facts.set('#instance', made);
    return made;
  }

  evaluate(expression: Expression, scope: Scope, expected?: Value): Value {
    switch (expression.is) {
      case 'text':
        return textValue(expression.text);
      case 'join':
        return joinValues(
          expression.parts.map((part) => this.evaluate(part, scope)),
          expression.parts.map(nameOf),
        );
      case 'name':
        return (
          scope.get(expression.name) ?? this.#semantics.global(expression.name, scope) ?? UNKNOWN
        );
      case 'member':
        return this.#members.find(
          this.evaluate(expression.object, scope),
          expression.name,
          scope,
          START,
        );
      case 'item':
        return this.#item(expression.object, expression.key, scope);
      case 'call':
        return this.#callExpression(expression, scope);
      case 'list':
        return this.#list(expression.items, scope, expression.at);
      case 'record':
        return evaluateRecord(this, expression, scope, expected);
      case 'function':
        return this.functionValue(expression.function, scope);
      case 'class':
        return this.classValue(expression.class, scope);
      case 'either':
        return mergeValues(expression.options.map((option) => this.evaluate(option, scope)));
      case 'spread':
        return this.evaluate(expression.of, scope);
      case 'collect':
        return this.#collect(expression.loop, expression.isMap ?? false, scope);
      case 'other':
        for (const part of expression.parts) this.evaluate(part, scope);
        return UNKNOWN;
    }
  }

  #callExpression(expression: CallExpression, scope: Scope): Value {
    if (!this.step()) return UNKNOWN;
    const { callee } = expression;
    const at = expression.at;
    let object: Value = UNKNOWN;
    let called: Value;
    if (callee.is === 'member') {
      object = this.evaluate(callee.object, scope);
      called = this.#members.find(object, callee.name, scope, at);
    } else called = this.evaluate(callee, scope);
    const call = this.#arguments(expression, scope);
    if (called.is === 'unknown' && callee.is === 'member') {
      const found = this.#semantics.unknownMethod(object, callee.name, call, this, scope);
      if (found) return found;
    }
    return this.call(called, call);
  }

  #arguments(expression: CallExpression, scope: Scope): Call {
    const positional: Value[] = [];
    const named = new Map<string, Value>();
    const place = { file: scope.file, line: expression.at.line, column: expression.at.column };
    for (const { name, value, isNamedSpread } of expression.arguments) {
      if (isNamedSpread) addEntries(named, this.evaluate(value, scope));
      else if (name !== undefined)
        named.set(name, placed(this.evaluate(value, scope), value, place));
      else if (value.is === 'spread') positional.push(...itemsOf(this.evaluate(value.of, scope)));
      else positional.push(placed(this.evaluate(value, scope), value, place));
    }
    return {
      positional,
      named,
      types: expression.types.map((type) => this.evaluate(type, scope)),
      isDecorator: expression.isDecorator ?? false,
      place,
    };
  }

  /** Calls a value. What a library does that no table knows is taken for a wrapper around the one
   *  router or handler that it is given. */
  call(called: Value, call: Call): Value {
    switch (called.is) {
      case 'function':
        return this.#invoke(called, call);
      case 'class':
        return this.#construct(called, call);
      case 'native':
        return called.call(call);
      case 'external':
        return (
          this.#semantics.external(called.path, call, this) ??
          wrapped(call) ?? { is: 'external', path: `${called.path}()` }
        );
      default:
        return wrapped(call) ?? UNKNOWN;
    }
  }

  #construct(type: ClassValue, call: Call): Value {
    const object: RecordValue = { is: 'record', class: type, fields: new Map() };
    for (const path of libraryBases(type)) {
      const made = this.#semantics.external(path, call, this);
      if (made?.is === 'router') object.fields.set(baseKey(path), made);
    }
    for (const name of this.#semantics.constructors) {
      const member = memberOfClass(type, name);
      if (member?.is === 'function') this.#invoke({ ...member, self: object }, call);
    }
    return object;
  }

  #invoke(value: FunctionValue, call: Call): Value {
    const { node } = value;
    const run = this.#runs.get(node) ?? new Run();
    const isFirst = !this.#runs.has(node);
    if (this.#active.has(node) || this.#depth >= this.#limits.maxDepth || !this.step()) {
      return run.last;
    }
    const known = run.resultFor(value, call);
    if (known) return known;
    if (isFirst) this.#waiting.ran(node);
    this.#runs.set(node, run);
    this.#active.add(node);
    this.#depth++;
    const effects = this.#effects;
    const returned: Value[] = [];
    try {
      const scope = new Scope(value.scope.file, value.scope);
      this.#bind(value, call, scope);
      this.#statements.execute(node.body, scope, returned);
    } finally {
      this.#depth--;
      this.#active.delete(node);
    }
    const result = this.#resultOf(value, returned);
    run.acts ||= this.#effects !== effects;
    run.keep(value, call, result);
    return result;
  }

  #resultOf(value: FunctionValue, returned: readonly Value[]): Value {
    const merged = mergeValues(returned);
    if (merged.is !== 'unknown' || value.node.returns === undefined) return merged;
    return this.instanceOf(
      this.evaluate(value.node.returns, value.scope),
      value.scope,
      value.node.at,
    );
  }

  #bind(value: FunctionValue, call: Call, scope: Scope): void {
    const { node, self } = value;
    if (node.receiver) {
      const given = self ?? this.#standIn(node.receiver, scope, node);
      scope.set(node.receiver.name, given);
    }
    node.parameters.forEach((parameter, index) => {
      const given = argumentFor(node.parameters, index, call);
      const isVague = given.is === 'unknown' || given.is === 'external';
      const standIn = isVague ? this.#standIn(parameter, scope, node) : UNKNOWN;
      scope.set(parameter.name, standIn.is === 'unknown' ? given : standIn);
    });
  }

  #standIn(parameter: Parameter, scope: Scope, node: FunctionNode): Value {
    if (parameter.type) {
      const value = this.instanceOf(this.evaluate(parameter.type, scope), scope, node.at);
      if (value.is !== 'unknown' && value.is !== 'external') return value;
    }
    return parameter.fallback ? this.evaluate(parameter.fallback, scope) : UNKNOWN;
  }

  #list(items: readonly Expression[], scope: Scope, at: Position | undefined): Value {
    const place = at && { file: scope.file, ...at };
    return listValue(
      this.#items(items, scope).map((value, index) =>
        items[index] ? placed(value, items[index], place) : value,
      ),
      place,
    );
  }

  #collect(loop: Statement, isMap: boolean, scope: Scope): Value {
    const items: Value[] = [];
    this.#statements.execute([loop], scope, items);
    const kept = items.slice(0, MAX_ITEMS);
    return isMap ? mapOf(kept) : listValue(kept);
  }

  #items(items: readonly Expression[], scope: Scope): Value[] {
    return items.flatMap((item) =>
      item.is === 'spread' ? itemsOf(this.evaluate(item.of, scope)) : [this.evaluate(item, scope)],
    );
  }

  #item(object: Expression, key: Expression, scope: Scope): Value {
    const holder = this.evaluate(object, scope);
    const index = this.evaluate(key, scope);
    if (index.is !== 'text') return UNKNOWN;
    if (holder.is === 'record') return unplaced(holder.fields.get(index.text) ?? UNKNOWN);
    if (holder.is === 'list') return holder.items[Number(index.text)] ?? UNKNOWN;
    return UNKNOWN;
  }

  /** Counts a step; false where there are no more. */
  step(): boolean {
    return ++this.#steps <= this.#limits.maxSteps;
  }
}

const START: Position = { line: 1, column: 1 };

/** What a call gives the parameter at `index`. */
function argumentFor(parameters: readonly Parameter[], index: number, call: Call): Value {
  const parameter = parameters[index];
  if (parameter === undefined) return UNKNOWN;
  if (parameter.isRest) return listValue(call.positional.slice(index));
  if (!parameter.isNamedRest) {
    return call.named.get(parameter.name) ?? call.positional[index] ?? UNKNOWN;
  }
  const taken = new Set(parameters.map(({ name }) => name));
  return { is: 'record', fields: new Map([...call.named].filter(([name]) => !taken.has(name))) };
}

/** A map of pairs; those whose key is not known are numbered. */
function mapOf(pairs: readonly Value[]): Value {
  const entries = pairs.map((pair, index): [string, Value] => {
    const [key, value] = itemsOf(pair);
    return [key?.is === 'text' ? key.text : String(index), value ?? UNKNOWN];
  });
  return { is: 'record', fields: new Map(entries) };
}

function addEntries(named: Map<string, Value>, given: Value): void {
  if (given.is !== 'record') return;
  for (const [name, value] of given.fields) named.set(name, value);
}

function emptyCall(file: string, at: Position): Call {
  return {
    positional: [],
    named: new Map(),
    types: [],
    isDecorator: false,
    place: { file, line: at.line, column: at.column },
  };
}
