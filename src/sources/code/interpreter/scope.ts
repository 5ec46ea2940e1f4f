import { UNKNOWN, type Value } from './value.ts';

/** Names and what they mean, one inside the other. */
export class Scope {
  readonly file: string;
  readonly #parent: Scope | undefined;
  readonly #values = new Map<string, Value>();
  readonly #pending = new Map<string, () => Value>();

  constructor(file: string, parent?: Scope) {
    this.file = file;
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
