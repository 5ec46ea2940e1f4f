import { UNKNOWN, type Value } from './value.ts';

/** Names and what they mean, one inside the other. */
export class Scope {
  readonly file: string;
  /** One round of a loop. What an `open` one declares belongs to what is around the loop. */
  readonly round: 'open' | 'closed' | undefined;
  readonly #parent: Scope | undefined;
  readonly #values = new Map<string, Value>();
  readonly #pending = new Map<string, () => Value>();

  constructor(file: string, parent?: Scope, round?: 'open' | 'closed') {
    this.file = file;
    this.round = round;
    this.#parent = parent;
  }

  /** Everything set in this very scope. */
  get names(): readonly string[] {
    return [...new Set([...this.#values.keys(), ...this.#pending.keys()])];
  }

  get(name: string): Value | undefined {
    return this.own(name) ?? this.#parent?.get(name);
  }

  /** Looked up in this very scope only. */
  own(name: string): Value | undefined {
    const value = this.#values.get(name);
    if (value !== undefined) return value;
    const make = this.#pending.get(name);
    if (make === undefined) return undefined;
    // Set first: a definition that needs itself finds nothing.
    this.#pending.delete(name);
    this.#values.set(name, UNKNOWN);
    const made = make();
    this.#values.set(name, made);
    return made;
  }

  set(name: string, value: Value): void {
    this.#pending.delete(name);
    this.#values.set(name, value);
  }

  /** Makes a name of this scope, or of what is around its loop. */
  declare(name: string, value: Value): void {
    const around =
      this.round === 'open' && this.#parent ? this.#parent.#declaring(name) : undefined;
    if (around) around.declare(name, value);
    else this.set(name, value);
  }

  /** The scope that what a round of an open loop declares belongs to. */
  #declaring(name: string): Scope {
    return this.#values.has(name) || this.round !== 'closed' ? this : (this.#parent ?? this);
  }

  /** Whether a name stands for something else in each round of a loop. */
  variesByRound(name: string): boolean {
    return this.#holder(name)?.round !== undefined;
  }

  /** Sets a name where it is known, else here. */
  assign(name: string, value: Value): void {
    (this.#holder(name) ?? this).set(name, value);
  }

  /** Defines a name whose value is worked out at the first question. */
  define(name: string, make: () => Value): void {
    if (!this.#values.has(name)) this.#pending.set(name, make);
  }

  #holder(name: string): Scope | undefined {
    if (this.#values.has(name) || this.#pending.has(name)) return this;
    return this.#parent === undefined ? undefined : this.#parent.#holder(name);
  }
}
