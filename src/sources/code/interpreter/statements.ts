import type { Position } from '../../../base/text.ts';
import { MAX_ITEMS, partsOf, roundsOf } from './combine.ts';
import type { Interpreter } from './interpreter.ts';
import type { ClassNode, Expression, FunctionNode, Statement } from './program.ts';
import { Scope } from './scope.ts';
import type { Semantics } from './semantics.ts';
import { listValue, plainText, UNKNOWN, type Value } from './value.ts';

const START: Position = { line: 1, column: 1 };

/** The name at the beginning of `row.method` and `row['method'].lower()`. */
function rootOf(expression: Expression): string {
  switch (expression.is) {
    case 'name':
      return expression.name;
    case 'member':
    case 'item':
      return rootOf(expression.object);
    case 'call':
      return rootOf(expression.callee);
    default:
      return '';
  }
}

/** Runs statements: every branch, and everything behind a return too. */
export class Statements {
  readonly #interpreter: Interpreter;
  readonly #semantics: Semantics;
  readonly #maxRounds: number;

  /** @param maxRounds of one loop */
  constructor(interpreter: Interpreter, semantics: Semantics, maxRounds: number) {
    this.#interpreter = interpreter;
    this.#semantics = semantics;
    this.#maxRounds = maxRounds;
  }

  /** Runs statements one after the other; what they return is added to `returned`. */
  execute(statements: readonly Statement[], scope: Scope, returned: Value[]): void {
    for (const statement of statements) {
      if (!this.#interpreter.step()) return;
      this.#statement(statement, scope, returned);
    }
  }

  #statement(statement: Statement, scope: Scope, returned: Value[]): void {
    switch (statement.is) {
      case 'do':
        this.#interpreter.evaluate(statement.expression, scope);
        return;
      case 'assign':
        this.#assign(statement, scope);
        return;
      case 'each':
        this.#each(statement, scope, returned);
        return;
      case 'return': {
        const values = statement.values.map((value) => this.#interpreter.evaluate(value, scope));
        const [only] = values;
        if (only !== undefined) returned.push(values.length === 1 ? only : listValue(values));
        return;
      }
      case 'block':
        this.execute(statement.body, new Scope(scope.file, scope), returned);
        return;
      case 'choose':
        this.#choose(statement, scope, returned);
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

  /** The method of a table's row decides; a setting does not. */
  #choose({ by, branches }: Statement & { is: 'choose' }, scope: Scope, returned: Value[]): void {
    const value = plainText(this.#interpreter.evaluate(by, scope));
    const options = branches.map(({ when, body }) => ({
      body,
      texts: when.map((option) => plainText(this.#interpreter.evaluate(option, scope))),
    }));
    const isKnown = value !== undefined && options.every(({ texts }) => !texts.includes(undefined));
    const meant =
      options.find(({ texts }) => texts.includes(value)) ??
      options.find(({ texts }) => texts.length === 0);
    for (const option of options) {
      if (isKnown && option !== meant && scope.variesByRound(rootOf(by))) continue;
      this.execute(option.body, scope, returned);
    }
  }

  #define(node: FunctionNode, scope: Scope): void {
    const value = this.#interpreter.functionValue(node, scope);
    scope.set(node.name, this.#decorate(value, node.decorators, scope, node.at));
  }

  #defineClass(node: ClassNode, scope: Scope): void {
    // Known by its name while its own body runs.
    scope.set(node.name, UNKNOWN);
    const value = this.#interpreter.classValue(node, scope);
    scope.set(node.name, this.#decorate(value, node.decorators, scope, node.at));
  }

  /** A decorator that gives nothing known leaves the function as it is. */
  #decorate(value: Value, decorators: readonly Expression[], scope: Scope, at: Position): Value {
    let current = value;
    for (const decorator of decorators.toReversed()) {
      const called = this.#interpreter.evaluate(decorator, scope);
      if (!['native', 'external', 'function'].includes(called.is)) continue;
      const result = this.#interpreter.call(called, {
        positional: [current],
        named: new Map(),
        types: [],
        isDecorator: true,
        place: { file: scope.file, line: at.line, column: at.column },
      });
      // What the program's own decorator puts around a handler hides what the handler says.
      const isWrapper = called.is === 'function';
      if (!isWrapper && (result.is === 'function' || result.is === 'class')) current = result;
    }
    return current;
  }

  #assign(statement: Statement & { is: 'assign' }, scope: Scope): void {
    const { targets, values, type, declares } = statement;
    const expected = type ? this.#interpreter.evaluate(type, scope) : UNKNOWN;
    const given = values.map((value) => this.#interpreter.evaluate(value, scope, expected));
    const isSpread = given.length === 1 && targets.length > 1;
    const parts = isSpread ? partsOf(given[0], targets.length) : given;
    targets.forEach((target, index) => {
      let value = parts[index] ?? UNKNOWN;
      if (value.is === 'unknown') value = this.#interpreter.instanceOf(expected, scope, START);
      this.#set(target, value, scope, declares);
    });
  }

  #set(target: Expression, value: Value, scope: Scope, declares: boolean): void {
    if (target.is === 'name') {
      if (declares) scope.declare(target.name, value);
      else scope.assign(target.name, value);
    } else if (target.is === 'member') {
      const object = this.#interpreter.evaluate(target.object, scope);
      if (object.is === 'record' && value.is !== 'unknown') object.fields.set(target.name, value);
      else if (object.is === 'class') object.members.set(target.name, value);
    } else if (target.is === 'item') {
      const object = this.#interpreter.evaluate(target.object, scope);
      const key = this.#interpreter.evaluate(target.key, scope);
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
    const rounds = roundsOf(this.#interpreter.evaluate(statement.of, scope), statement.keyed);
    const bounded = rounds.length === 0 ? [[UNKNOWN]] : rounds.slice(0, this.#maxRounds);
    for (const values of bounded) {
      if (this.#interpreter.isExhausted) return;
      const inner = new Scope(scope.file, scope, 'closed');
      const { targets } = statement;
      const [first] = values;
      const parts =
        !statement.keyed && targets.length > 1 ? partsOf(first, targets.length) : values;
      targets.forEach((target, index) => {
        this.#set(target, parts[index] ?? UNKNOWN, inner, true);
      });
      const body = statement.isOpen ? new Scope(scope.file, inner, 'open') : inner;
      this.execute(statement.body, body, returned);
    }
  }
}
