import type { GuardContext, Question } from '../model/index.ts';
import type { Refusal } from '../operations/index.ts';
import { isMoreSpecific, matchesExactly, toWireMethod, toWirePath } from '../operations/index.ts';
import { namedKey } from './callee-builder.ts';
import { EVERY, GET, HEAD, OTHER } from './methods.ts';
import { PathIndex } from './path-index.ts';
import type { Tables } from './tables.ts';

/** Finds what a question is about. Its answers stand in its members until the next question. */
export class Finder {
  /** Canonical; of what is not HTTP, as asked. */
  path = '';
  protocol: Question['protocol'] = 'http';
  /** The number of the method that it goes by. */
  method = OTHER;
  /** How many known things are nearest: 0, where nothing is known. */
  count = 0;
  /** Of each of the nearest: its spot for the method, or else that for every method. */
  spots = new Int32Array(16);
  /** Of each of the nearest: its path; -1 of a named operation. */
  paths = new Int32Array(16);
  readonly #tables: Tables;
  readonly #index: PathIndex;

  constructor(tables: Tables) {
    this.#tables = tables;
    this.#index = new PathIndex(tables.callees.trees);
  }

  /** Looks for what is known of a callee at that path. Gives why it cannot be taken, where that is so. */
  find(question: Question, callee: number): Refusal | undefined {
    this.count = 0;
    this.protocol = question.protocol;
    if (question.protocol !== 'http') {
      this.#findNamed(question, callee);
      return undefined;
    }
    const path = toWirePath(question.path);
    if (typeof path !== 'string') return path;
    const tree = this.#tables.callees.treeOf(callee);
    const known = this.#tables.methods.numberOf(question.method);
    if (known === undefined) {
      const method = toWireMethod(question.method);
      if (typeof method !== 'string') return method;
    }
    this.path = path;
    this.#findPath(tree, known ?? OTHER);
    return undefined;
  }

  #findNamed({ protocol, method, path }: Question, callee: number): void {
    this.path = path;
    this.method = OTHER;
    const spot = this.#tables.callees.namedOf(callee).get(namedKey(protocol, method, path));
    if (spot === undefined) return;
    this.spots[0] = spot;
    this.paths[0] = -1;
    this.count = 1;
  }

  #findPath(tree: number, method: number): void {
    this.method = method;
    const index = this.#index;
    const found = tree === 0 ? 0 : index.search(tree, this.path);
    if (method === HEAD && !this.#hasHead(found)) this.method = GET;
    for (let at = 0; at < found; at++) {
      const path = index.found[at] ?? 0;
      const spot = this.#spotOf(path, this.method);
      if (spot !== -1) this.#keepNearest(path, spot);
    }
  }

  #hasHead(found: number): boolean {
    for (let at = 0; at < found; at++) {
      const spot = this.#spotOf(this.#index.found[at] ?? 0, HEAD);
      if (spot !== -1 && this.#tables.callees.spots.methods[spot] === HEAD) return true;
    }
    return false;
  }

  /** The spot of a path for a method, else for every method; -1: it is not known for that method. */
  #spotOf(path: number, method: number): number {
    const { firstSpot, endSpot } = this.#tables.callees.paths;
    const { methods } = this.#tables.callees.spots;
    const first = firstSpot[path] ?? 0;
    const end = endSpot[path] ?? 0;
    for (let spot = first; spot < end; spot++) if (methods[spot] === method) return spot;
    return methods[first] === EVERY ? first : -1;
  }

  /** Takes a path in among the nearest, unless one of them is more specific, and in the place of those that are less. */
  #keepNearest(path: number, spot: number): void {
    let kept = 0;
    for (let at = 0; at < this.count; at++) {
      const other = this.paths[at] ?? 0;
      if (this.#isNearer(other, path)) return;
      if (this.#isNearer(path, other)) continue;
      this.paths[kept] = other;
      this.spots[kept++] = this.spots[at] ?? 0;
    }
    if (kept === this.paths.length) this.#widen();
    this.paths[kept] = path;
    this.spots[kept] = spot;
    this.count = kept + 1;
  }

  /** Of two paths that match: whether the first is more specific. */
  #isNearer(a: number, b: number): boolean {
    const { literals, patterns } = this.#tables.callees.paths;
    const ofA = literals[a] ?? 0;
    const ofB = literals[b] ?? 0;
    if (ofA !== -1 && ofB !== -1) return ofA !== ofB && (ofA & ofB) === ofB;
    const [first, second] = [patterns[a], patterns[b]];
    return first !== undefined && second !== undefined && isMoreSpecific(first, second);
  }

  #widen(): void {
    const [paths, spots] = [this.paths, this.spots];
    this.paths = new Int32Array(paths.length * 2);
    this.spots = new Int32Array(paths.length * 2);
    this.paths.set(paths);
    this.spots.set(spots);
  }

  /** Whether the path that was found matches one of the nearest exactly. */
  isExact(at: number): boolean {
    const path = this.paths[at] ?? -1;
    if (path === -1) return true;
    const { isFolded, patterns } = this.#tables.callees.paths;
    if (isFolded[path] === 1 && this.#index.isFolded) return true;
    const pattern = patterns[path];
    return pattern !== undefined && matchesExactly(pattern, this.path);
  }
}

/** What guardrails see of a request that was found. Of callers who proved nothing they are never asked. */
export function contextOf({ proof, protocol, method }: Question, { path }: Finder): GuardContext {
  return { proof: proof ?? 'token', protocol, method, path };
}
