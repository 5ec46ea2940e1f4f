import { isMoreSpecific, overlapsLoosely } from '../operations/index.ts';
import { EVERY, HEAD } from './methods.ts';
import type { Tables } from './tables.ts';

/** Known paths of callees that may match one request, found out once for each callee. */
export class Neighbours {
  readonly #tables: Tables;
  readonly #ofPaths = new Map<number, readonly number[]>();
  readonly #heads = new Map<number, readonly number[]>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** Paths of the same callee that some request matches, too, and that this path is not more specific than. */
  of(callee: number, path: number): readonly number[] {
    const known = this.#ofPaths.get(path);
    if (known) return known;
    const found = this.pathsOf(callee).filter(
      (other) => other !== path && this.overlap(other, path) && !this.isMoreSpecific(path, other),
    );
    this.#ofPaths.set(path, found);
    return found;
  }

  pathsOf(callee: number): number[] {
    const { first, end } = this.#tables.callees.pathsOf(callee);
    return Array.from({ length: end - first }, (_, at) => first + at);
  }

  /** Paths of a callee that are known for `HEAD` itself. */
  headsOf(callee: number): readonly number[] {
    const known = this.#heads.get(callee);
    if (known) return known;
    const found = this.pathsOf(callee).filter((path) => this.#hasOwn(path, HEAD));
    this.#heads.set(callee, found);
    return found;
  }

  overlap(a: number, b: number): boolean {
    const { patterns } = this.#tables.callees.paths;
    const [first, second] = [patterns[a], patterns[b]];
    return first !== undefined && second !== undefined && overlapsLoosely(first, second);
  }

  isMoreSpecific(a: number, b: number): boolean {
    const { patterns } = this.#tables.callees.paths;
    const [first, second] = [patterns[a], patterns[b]];
    return first !== undefined && second !== undefined && isMoreSpecific(first, second);
  }

  /** The spot of a path for a method, else for every method; undefined: it is not known for that method. */
  spotOf(path: number, method: number): number | undefined {
    const { firstSpot, endSpot } = this.#tables.callees.paths;
    const { methods } = this.#tables.callees.spots;
    const first = firstSpot[path] ?? 0;
    const end = endSpot[path] ?? 0;
    for (let spot = first; spot < end; spot++) if (methods[spot] === method) return spot;
    return methods[first] === EVERY ? first : undefined;
  }

  #hasOwn(path: number, method: number): boolean {
    const spot = this.spotOf(path, method);
    return spot !== undefined && this.#tables.callees.spots.methods[spot] === method;
  }

  textOf(path: number): string {
    return this.#tables.callees.paths.patterns[path]?.text ?? '';
  }
}
