import type { Module } from './modules.ts';
import { isKnown, UNKNOWN, type Value } from './values.ts';

/** An imported name is looked up when it is first used, so that rings of imports work. */
type Binding = Value | (() => Value);

/** Names and what they hold, from the innermost block to the module. */
export class Scope {
  readonly module: Module;
  readonly #parent: Scope | undefined;
  readonly #bindings = new Map<string, Binding>();

  /** Where `var` declares: the function around, or the module. */
  readonly functionScope: Scope;

  constructor(module: Module, parent?: Scope, isBlock = false) {
    this.module = module;
    this.#parent = parent;
    this.functionScope = isBlock && parent !== undefined ? parent.functionScope : this;
  }

  /** The scope of a function in this one. */
  child(): Scope {
    return new Scope(this.module, this);
  }

  /** The scope of a block in this one. */
  block(): Scope {
    return new Scope(this.module, this, true);
  }

  get(name: string): Value {
    const owner = this.#ownerOf(name);
    if (owner === undefined) return UNKNOWN;
    const binding = owner.#bindings.get(name) ?? UNKNOWN;
    if (typeof binding !== 'function') return binding;
    owner.#bindings.set(name, UNKNOWN);
    const value = binding();
    // An unknown value may become known once the module at the other end has run.
    owner.#bindings.set(name, isKnown(value) ? value : binding);
    return value;
  }

  has(name: string): boolean {
    return this.#ownerOf(name) !== undefined;
  }

  declare(name: string, binding: Binding): void {
    this.#bindings.set(name, binding);
  }

  /** Assigns where the name is declared. What was known stays when the new value is not: a wrapped
   *  application is still an application. */
  assign(name: string, value: Value): void {
    const owner = this.#ownerOf(name) ?? this;
    const before = owner.#bindings.get(name);
    const isWrapped = typeof before === 'object' && before.kind === 'router';
    const says = isKnown(value) && !(isWrapped && value.kind === 'external');
    if (says || before === undefined) owner.#bindings.set(name, value);
  }

  #ownerOf(name: string): Scope | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.#parent) {
      if (scope.#bindings.has(name)) return scope;
    }
    return undefined;
  }
}
