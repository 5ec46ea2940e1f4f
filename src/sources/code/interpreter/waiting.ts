import { calledNames } from './called.ts';
import type { FunctionNode } from './program.ts';
import type { FunctionValue } from './value.ts';

/** The functions of a program that have not run, callers before what they call: run in that order,
 *  functions are called with what they are meant for as often as can be. */
export class Waiting {
  #functions: FunctionValue[] = [];
  #position = 0;
  #progressed = false;
  /** What each function calls, by name; empty once it has run. */
  readonly #calls = new Map<FunctionNode, ReadonlySet<string>>();
  /** How many functions that have not run call something of this name. */
  readonly #callers = new Map<string, number>();

  /** Takes a function in, once. */
  add(value: FunctionValue): void {
    const { node } = value;
    if (this.#calls.has(node)) return;
    const names = calledNames(node.body);
    names.delete(node.name);
    this.#calls.set(node, names);
    for (const name of names) this.#callers.set(name, (this.#callers.get(name) ?? 0) + 1);
    this.#functions.push(value);
  }

  /** A function has run, in whatever way. */
  ran(node: FunctionNode): void {
    for (const name of this.#calls.get(node) ?? []) {
      this.#callers.set(name, (this.#callers.get(name) ?? 1) - 1);
    }
    this.#calls.set(node, NONE);
    this.#progressed = true;
  }

  /** The next that `hasRun` does not know: one that nobody waiting calls; in a ring of calls the
   *  first, functions with a name before others. */
  next(hasRun: (node: FunctionNode) => boolean): FunctionValue | undefined {
    for (;;) {
      for (; this.#position < this.#functions.length; this.#position++) {
        const value = this.#functions[this.#position];
        if (value && !hasRun(value.node) && this.#isFree(value.node)) return value;
      }
      this.#position = 0;
      this.#functions = this.#functions.filter(({ node }) => !hasRun(node));
      if (!this.#progressed) break;
      this.#progressed = false;
    }
    return this.#functions.find(({ node }) => node.name !== '') ?? this.#functions[0];
  }

  #isFree({ name }: FunctionNode): boolean {
    return name !== '' && (this.#callers.get(name) ?? 0) === 0;
  }
}

const NONE: ReadonlySet<string> = new Set();
