import type { Position } from '../../../base/text.ts';
import type { CodePlace } from '../routes.ts';
import type {
  CallExpression,
  ClassNode,
  Expression,
  FunctionNode,
  Parameter,
  RecordExpression,
  Statement,
} from './program.ts';
import { Scope } from './scope.ts';
import type { Semantics } from './semantics.ts';
import {
  type Call,
  type ClassValue,
  type FunctionValue,
  hole,
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

/** Longest text and list that a program may build. */
const MAX_TEXT = 10_000;
const MAX_ITEMS = 20_000;

interface Run {
  /** The function registers something: worth running again. */
  acts: boolean;
  last: Value;
  /** What it gave for arguments that are texts or not known. */
  readonly results: Map<string, Value>;
}

/** Results of one function that are kept. */
const MAX_RESULTS = 1_000;

/** Runs a program for the routes that it registers, without what decides at run time: every branch
 *  is taken, every loop over something that is not known runs once, every function runs at least
 *  once, with arguments that stand for their types where nobody calls it. */
export class Interpreter {
  readonly #semantics: Semantics;
  readonly #limits: InterpreterLimits;
  readonly #runs = new Map<FunctionNode, Run>();
  readonly #active = new Set<FunctionNode>();
  readonly #waiting = new Waiting();
  #steps = 0;
  #depth = 0;
  #effects = 0;
  #origin: string | undefined;

  constructor(semantics: Semantics, limits = DEFAULT_INTERPRETER_LIMITS) {
    this.#semantics = semantics;
    this.#limits = limits;
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
    this.#execute(statements, scope, []);
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
      if (!this.#runs.has(value.node)) this.#runs.set(value.node, newRun());
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
    const value: ClassValue = {
      is: 'class',
      node,
      scope,
      bases: node.bases.map((base) => this.evaluate(base, scope)),
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
        return this.#join(expression.parts, scope);
      case 'name':
        return (
          scope.get(expression.name) ?? this.#semantics.global(expression.name, scope) ?? UNKNOWN
        );
      case 'member':
        return this.member(this.evaluate(expression.object, scope), expression.name, scope);
      case 'item':
        return this.#item(expression.object, expression.key, scope);
      case 'call':
        return this.#callExpression(expression, scope);
      case 'list':
        return this.#list(expression.items, scope, expression.at);
      case 'record':
        return this.#record(expression, scope, expected);
      case 'function':
        return this.functionValue(expression.function, scope);
      case 'class':
        return this.classValue(expression.class, scope);
      case 'either': {
        const values = expression.options.map((option) => this.evaluate(option, scope));
        return mergeValues(values);
      }
      case 'spread':
        return this.evaluate(expression.of, scope);
      case 'other':
        for (const part of expression.parts) this.evaluate(part, scope);
        return UNKNOWN;
    }
  }

  /** What `object.name` is. */
  member(object: Value, name: string, scope: Scope, at: Position = START): Value {
    if (object.is === 'module') {
      return object.scope.get(name) ?? this.#foreign(object, name, scope, at);
    }
    if (object.is === 'record') {
      return (
        this.#memberOfRecord(object, name, scope, at) ?? this.#foreign(object, name, scope, at)
      );
    }
    if (object.is === 'class') {
      const member = memberOfClass(object, name);
      if (member?.is === 'function' && member.node.isOfClass) return { ...member, self: object };
      return member ?? this.#foreign(object, name, scope, at);
    }
    return this.#foreign(object, name, scope, at);
  }

  #foreign(object: Value, name: string, scope: Scope, at: Position): Value {
    const known = this.#semantics.member(object, name, { file: scope.file, ...at });
    if (known) return known;
    return object.is === 'external' ? { is: 'external', path: `${object.path}.${name}` } : UNKNOWN;
  }

  #memberOfRecord(
    record: RecordValue,
    name: string,
    scope: Scope,
    at: Position,
  ): Value | undefined {
    const own = record.fields.get(name);
    if (own) return own;
    const type = record.class;
    if (type === undefined) return undefined;
    const member = memberOfClass(type, name);
    if (member?.is === 'function' && !member.node.isStatic) return { ...member, self: record };
    if (member) return member;
    const field = type.node.fields.find((candidate) => candidate.name === name);
    if (field) {
      const value = this.instanceOf(this.evaluate(field.type, type.scope), type.scope, at);
      record.fields.set(name, value);
      return value;
    }
    return this.#embedded(record, type, name, scope, at);
  }

  /** A member of a library's type that an object of the program inherits or embeds. */
  #embedded(
    record: RecordValue,
    type: ClassValue,
    name: string,
    scope: Scope,
    at: Position,
  ): Value | undefined {
    for (const path of libraryBases(type)) {
      const key = `#base ${path}`;
      const value =
        record.fields.get(key) ??
        record.fields.get(lastPart(path)) ??
        this.#semantics.instance(path, { file: scope.file, ...at });
      if (value === undefined) continue;
      record.fields.set(key, value);
      const member = this.#semantics.member(value, name, { file: scope.file, ...at });
      if (member) return member;
    }
    return undefined;
  }

  #callExpression(expression: CallExpression, scope: Scope): Value {
    if (!this.#step()) return UNKNOWN;
    const { callee } = expression;
    const at = expression.at;
    let object: Value = UNKNOWN;
    let called: Value;
    if (callee.is === 'member') {
      object = this.evaluate(callee.object, scope);
      called = this.member(object, callee.name, scope, at);
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
    for (const { name, value } of expression.arguments) {
      if (name !== undefined) named.set(name, placed(this.evaluate(value, scope), value, place));
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
      if (made?.is === 'router') object.fields.set(`#base ${path}`, made);
    }
    for (const name of this.#semantics.constructors) {
      const member = memberOfClass(type, name);
      if (member?.is === 'function') this.#invoke({ ...member, self: object }, call);
    }
    return object;
  }

  #invoke(value: FunctionValue, call: Call): Value {
    const { node } = value;
    const run = this.#runs.get(node) ?? newRun();
    const isFirst = !this.#runs.has(node);
    if (this.#active.has(node) || this.#depth >= this.#limits.maxDepth || !this.#step()) {
      return run.last;
    }
    const key = run.acts ? undefined : argumentKey(value, call);
    const known = key === undefined ? undefined : run.results.get(key);
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
      this.#execute(node.body, scope, returned);
    } finally {
      this.#depth--;
      this.#active.delete(node);
    }
    const result = this.#resultOf(value, returned);
    run.acts ||= this.#effects !== effects;
    run.last = result;
    if (!run.acts && key !== undefined && run.results.size < MAX_RESULTS)
      run.results.set(key, result);
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
      const given = parameter.isRest
        ? listValue(call.positional.slice(index))
        : (call.named.get(parameter.name) ?? call.positional[index]);
      const isKnown = given !== undefined && given.is !== 'unknown';
      const isForeign =
        given?.is === 'external' && !parameter.isRest && parameter.type !== undefined;
      const standIn = !isKnown || isForeign ? this.#standIn(parameter, scope, node) : UNKNOWN;
      scope.set(
        parameter.name,
        standIn.is === 'unknown' && given ? given : isKnown && !isForeign ? given : standIn,
      );
    });
  }

  #standIn(parameter: Parameter, scope: Scope, node: FunctionNode): Value {
    if (parameter.type) {
      const value = this.instanceOf(this.evaluate(parameter.type, scope), scope, node.at);
      if (value.is !== 'unknown' && value.is !== 'external') return value;
    }
    return parameter.fallback ? this.evaluate(parameter.fallback, scope) : UNKNOWN;
  }

  #execute(statements: readonly Statement[], scope: Scope, returned: Value[]): void {
    for (const statement of statements) {
      if (!this.#step()) return;
      this.#statement(statement, scope, returned);
    }
  }

  #statement(statement: Statement, scope: Scope, returned: Value[]): void {
    switch (statement.is) {
      case 'do':
        this.evaluate(statement.expression, scope);
        return;
      case 'assign':
        this.#assign(statement, scope);
        return;
      case 'each':
        this.#each(statement, scope, returned);
        return;
      case 'return': {
        const values = statement.values.map((value) => this.evaluate(value, scope));
        const [only] = values;
        if (only !== undefined) returned.push(values.length === 1 ? only : listValue(values));
        return;
      }
      case 'block':
        this.#execute(statement.body, new Scope(scope.file, scope), returned);
        return;
      case 'function':
        this.#define(statement.function, scope);
        return;
      case 'class':
        this.#defineClass(statement.class, scope);
        return;
      case 'import':
        this.#semantics.load(statement, scope);
        return;
    }
  }

  #define(node: FunctionNode, scope: Scope): void {
    const value = this.functionValue(node, scope);
    scope.set(node.name, this.#decorate(value, node.decorators, scope, node.at));
  }

  #defineClass(node: ClassNode, scope: Scope): void {
    // Known by its name while its own body runs.
    scope.set(node.name, UNKNOWN);
    const value = this.classValue(node, scope);
    scope.set(node.name, this.#decorate(value, node.decorators, scope, node.at));
  }

  /** A decorator that gives nothing known leaves the function as it is. */
  #decorate(value: Value, decorators: readonly Expression[], scope: Scope, at: Position): Value {
    let current = value;
    for (const decorator of decorators.toReversed()) {
      const called = this.evaluate(decorator, scope);
      if (called.is !== 'native' && called.is !== 'external') continue;
      const result = this.call(called, {
        positional: [current],
        named: new Map(),
        types: [],
        isDecorator: true,
        place: { file: scope.file, line: at.line, column: at.column },
      });
      if (result.is === 'function' || result.is === 'class') current = result;
    }
    return current;
  }

  #assign(statement: Statement & { is: 'assign' }, scope: Scope): void {
    const { targets, values, type, declares } = statement;
    const expected = type ? this.evaluate(type, scope) : UNKNOWN;
    const given = values.map((value) => this.evaluate(value, scope, expected));
    const isSpread = given.length === 1 && targets.length > 1;
    const parts = isSpread ? partsOf(given[0], targets.length) : given;
    targets.forEach((target, index) => {
      let value = parts[index] ?? UNKNOWN;
      if (value.is === 'unknown') value = this.instanceOf(expected, scope, START);
      this.#set(target, value, scope, declares);
    });
  }

  #set(target: Expression, value: Value, scope: Scope, declares: boolean): void {
    if (target.is === 'name') {
      if (declares) scope.set(target.name, value);
      else scope.assign(target.name, value);
    } else if (target.is === 'member') {
      const object = this.evaluate(target.object, scope);
      if (object.is === 'record' && value.is !== 'unknown') object.fields.set(target.name, value);
      else if (object.is === 'class') object.members.set(target.name, value);
    } else if (target.is === 'item') {
      const object = this.evaluate(target.object, scope);
      const key = this.evaluate(target.key, scope);
      if (object.is === 'record' && key.is === 'text' && object.fields.size < MAX_ITEMS) {
        object.fields.set(key.text, value);
      }
    } else if (target.is === 'list') {
      const parts = partsOf(value, target.items.length);
      target.items.forEach((item, index) => {
        this.#set(item, parts[index] ?? UNKNOWN, scope, declares);
      });
    }
  }

  #each(statement: Statement & { is: 'each' }, scope: Scope, returned: Value[]): void {
    const rounds = roundsOf(this.evaluate(statement.of, scope), statement.keyed);
    const bounded = rounds.length === 0 ? [[UNKNOWN]] : rounds.slice(0, this.#limits.maxRounds);
    for (const values of bounded) {
      if (this.isExhausted) return;
      const inner = new Scope(scope.file, scope);
      const { targets } = statement;
      const [first] = values;
      const parts =
        !statement.keyed && targets.length > 1 ? partsOf(first, targets.length) : values;
      targets.forEach((target, index) => {
        this.#set(target, parts[index] ?? UNKNOWN, inner, true);
      });
      this.#execute(statement.body, inner, returned);
    }
  }

  #join(parts: readonly Expression[], scope: Scope): Value {
    const values = parts.map((part) => this.evaluate(part, scope));
    if (values.some((value) => value.is === 'list')) {
      const items = values.flatMap((value) => (value.is === 'list' ? value.items : value));
      return listValue(items.filter(({ is }) => is !== 'unknown').slice(0, MAX_ITEMS));
    }
    const texts = values.map((value, index) =>
      value.is === 'text' ? value.text : hole(nameOf(parts[index])),
    );
    // The end of a path is what tells it from others.
    const last = values.at(-1);
    const place = last?.is === 'text' ? last.place : undefined;
    return values.some((value) => value.is === 'text')
      ? textValue(texts.join('').slice(0, MAX_TEXT), place)
      : UNKNOWN;
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

  #items(items: readonly Expression[], scope: Scope): Value[] {
    return items.flatMap((item) =>
      item.is === 'spread' ? itemsOf(this.evaluate(item.of, scope)) : [this.evaluate(item, scope)],
    );
  }

  #item(object: Expression, key: Expression, scope: Scope): Value {
    const holder = this.evaluate(object, scope);
    const index = this.evaluate(key, scope);
    if (index.is !== 'text') return UNKNOWN;
    // A constant that is looked up by its name is used where it is looked up.
    if (holder.is === 'record') return unplaced(holder.fields.get(index.text) ?? UNKNOWN);
    if (holder.is === 'list') return holder.items[Number(index.text)] ?? UNKNOWN;
    return UNKNOWN;
  }

  #record(expression: RecordExpression, scope: Scope, expected?: Value): Value {
    const type = expression.type ? this.evaluate(expression.type, scope) : (expected ?? UNKNOWN);
    const element = expression.element
      ? this.evaluate(expression.element, scope)
      : type.is === 'class' && type.node.element
        ? this.evaluate(type.node.element, type.scope)
        : undefined;
    const place = expression.at && { file: scope.file, ...expression.at };
    const entries = expression.entries.map(({ key, value }) => ({
      key,
      value: placed(this.evaluate(value, scope, element), value, place),
    }));
    if (element && !entries.some(({ key }) => key)) {
      return listValue(entries.map(({ value }) => value));
    }
    const fields = new Map<string, Value>();
    entries.forEach(({ key, value }, index) => {
      const isStruct = type.is === 'class' && element === undefined;
      const keyName =
        key === undefined
          ? type.is === 'class'
            ? type.node.fields[index]?.name
            : String(index)
          : keyOf(key, isStruct || type.is === 'external' ? undefined : this.evaluate(key, scope));
      fields.set(keyName ?? String(index), value);
    });
    const isObject = type.is === 'class' && element === undefined;
    return { is: 'record', ...(isObject && { class: type }), fields };
  }

  #step(): boolean {
    return ++this.#steps <= this.#limits.maxSteps;
  }
}

/** A text that is written out here (not a name for one) gets this place, unless it has one. */
function placed(value: Value, written: Expression, place: CodePlace | undefined): Value {
  const isWritten = written.is === 'text' || written.is === 'join';
  if (value.is !== 'text' || !isWritten || value.place || !place) return value;
  return { ...value, place };
}

function unplaced(value: Value): Value {
  return value.is === 'text' && value.place ? textValue(value.text) : value;
}

const START: Position = { line: 1, column: 1 };

function newRun(): Run {
  return { acts: false, last: UNKNOWN, results: new Map() };
}

/** Arguments as a text, where they are texts or not known; undefined where they hold more. */
function argumentKey(value: FunctionValue, call: Call): string | undefined {
  const given = [
    ...call.positional,
    ...[...call.named].flat(),
    ...(value.self ? [value.self] : []),
  ];
  const parts: string[] = [];
  for (const item of given) {
    if (typeof item === 'string') parts.push(`${item}:`);
    else if (item.is === 'text') parts.push(JSON.stringify(item.text));
    else if (item.is === 'unknown' || item.is === 'external') parts.push('?');
    else return undefined;
  }
  return parts.join();
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

function wrapped(call: Call): Value | undefined {
  const values = [...call.positional, ...call.named.values()];
  for (const kind of ['router', 'data', 'function']) {
    const found = values.filter((value) => value.is === kind);
    if (found.length > 0) return found.length === 1 ? found[0] : undefined;
  }
  return undefined;
}

/** How far up a chain of classes members are looked for. */
const MAX_BASES = 16;

export function memberOfClass(type: ClassValue, name: string, depth = 0): Value | undefined {
  const own = type.members.own(name);
  if (own || depth > MAX_BASES) return own;
  for (const base of type.bases) {
    const inherited = base.is === 'class' ? memberOfClass(base, name, depth + 1) : undefined;
    if (inherited) return inherited;
  }
  return undefined;
}

/** The classes of libraries among the bases, however far up. */
export function libraryBases(type: ClassValue, depth = 0): string[] {
  return type.bases.flatMap((base) => {
    if (base.is === 'external') return [base.path];
    return base.is === 'class' && depth < MAX_BASES ? libraryBases(base, depth + 1) : [];
  });
}

/** One value for several that a program may come to: what holds routes before texts, texts before
 *  what is not known; of equals the first. */
function mergeValues(values: readonly Value[]): Value {
  let best: Value = UNKNOWN;
  for (const value of values) if (rank(value) > rank(best)) best = value;
  return best;
}

function rank(value: Value): number {
  switch (value.is) {
    case 'unknown':
      return 0;
    case 'external':
      return 1;
    case 'text':
      return 2;
    case 'list':
      return 3 + Math.max(0, ...value.items.map(rank)) / 10;
    case 'router':
    case 'data':
      return 9;
    default:
      return 4;
  }
}

/** The parts of a value that is taken apart; a value that is no list is the first of them. */
function partsOf(value: Value | undefined, count: number): readonly Value[] {
  if (value === undefined) return [];
  if (value.is === 'list') return value.items;
  return [value, ...Array<Value>(Math.max(0, count - 1)).fill(UNKNOWN)];
}

function roundsOf(value: Value, keyed: boolean): Value[][] {
  if (value.is === 'list') {
    return value.items.map((item, index) => (keyed ? [textValue(String(index)), item] : [item]));
  }
  if (value.is === 'record' && value.class === undefined) {
    return [...value.fields].map(([key, item]) =>
      keyed ? [textValue(key), item] : [textValue(key)],
    );
  }
  return [];
}

function nameOf(expression: Expression | undefined): string {
  if (expression?.is === 'name' || expression?.is === 'member') return expression.name;
  if (expression?.is === 'call') return nameOf(expression.callee);
  return '';
}

function keyOf(key: Expression, value: Value | undefined): string | undefined {
  if (value?.is === 'text') return value.text;
  return key.is === 'name' || key.is === 'member' ? key.name : undefined;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
