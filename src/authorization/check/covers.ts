import type { OperationRule } from '../model/index.ts';
import {
  contains,
  containsLoosely,
  EVERY_METHOD,
  type OperationPattern,
  type PathPattern,
  parseOperation,
  parsePattern,
} from '../operations/index.ts';
import type { Operation } from './model.ts';

/** Whether rules allow an operation as a whole. */
export class Coverage {
  readonly #patterns = new Map<string, PathPattern | undefined>();
  readonly #granted = new Map<string, OperationPattern | undefined>();

  /** By a rule of `CalleeRules`. Where an endpoint of its own lies within what a wildcard stands for, that is told for
   *  the endpoint. */
  byRule(rule: OperationRule, operation: Operation): boolean {
    if (rule.protocol !== operation.protocol || !this.#hasMethod(rule, operation)) return false;
    if (rule.protocol !== 'http') return isEverything(rule.path) || rule.path === operation.path;
    const { path } = operation;
    if (!this.#isWithin(rule.path, path)) return false;
    if (!rule.also.every((pattern) => this.#isWithin(pattern, path, containsLoosely))) return false;
    const isKnown = operation.endpoint !== undefined;
    return !(isKnown && rule.except.some((one) => this.#isWithin(one, path, containsLoosely)));
  }

  /** By an operation that is allowed itself. */
  byOperation(allowed: Operation, operation: Operation): boolean {
    if (allowed.protocol !== operation.protocol) return false;
    if (allowed.method !== EVERY_METHOD && allowed.method !== operation.method) return false;
    if (allowed.protocol === 'http') return this.#isWithin(allowed.path, operation.path);
    return isEverything(allowed.path) || allowed.path === operation.path;
  }

  /** By a grant, whatever guardrails say: what it names by its shape, or all that its wildcards contain. */
  byGrant(granted: string, operation: Operation): boolean {
    const pattern = this.#grantOf(granted);
    if (pattern === undefined || pattern.kind === 'every') return pattern !== undefined;
    if (pattern.kind === 'named') {
      const { protocol, method, path } = operation;
      return pattern.protocol === protocol && pattern.method === method && pattern.name === path;
    }
    if (operation.protocol !== 'http') return false;
    if (pattern.method !== EVERY_METHOD && pattern.method !== operation.method) return false;
    const path = this.#patternOf(operation.path);
    if (!path) return false;
    const isWide = pattern.path.hasWildcards || pattern.method === EVERY_METHOD;
    return isWide ? contains(pattern.path, path) : pattern.path.shape === path.shape;
  }

  #hasMethod(rule: OperationRule, { method }: Operation): boolean {
    if (rule.method === method) return true;
    return rule.method === EVERY_METHOD && !rule.exceptMethods.includes(method);
  }

  #isWithin(outer: string, inner: string, by = contains): boolean {
    if (outer === inner) return true;
    const [wide, narrow] = [this.#patternOf(outer), this.#patternOf(inner)];
    return wide !== undefined && narrow !== undefined && by(wide, narrow);
  }

  #patternOf(text: string): PathPattern | undefined {
    if (!this.#patterns.has(text)) this.#patterns.set(text, parsePattern(text));
    return this.#patterns.get(text);
  }

  #grantOf(text: string): OperationPattern | undefined {
    if (!this.#granted.has(text)) this.#granted.set(text, parseOperation(text));
    return this.#granted.get(text);
  }
}

/** What a rule with wildcards stands for beyond the endpoints that are known; undefined of one without. */
export function wildcardOf({ protocol, method, path }: OperationRule): Operation | undefined {
  const isWide =
    protocol === 'http'
      ? method === EVERY_METHOD || parsePattern(path)?.hasWildcards === true
      : isEverything(path);
  if (!isWide) return undefined;
  const text =
    method === EVERY_METHOD && isEverything(path)
      ? protocol === 'http'
        ? 'every other operation'
        : `every other ${protocol} operation`
      : `${method === EVERY_METHOD ? 'ANY' : method} ${path}`;
  return { protocol, method, path, text, endpoint: undefined };
}

function isEverything(path: string): boolean {
  return path === '/**' || path === '**';
}
