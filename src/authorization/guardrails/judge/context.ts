import type { GuardContext } from '../../model/index.ts';
import {
  CedarRecord,
  type Context,
  UNKNOWN,
  type Unknown,
  type Value,
} from '../evaluator/index.ts';
import { CONTEXT_ATTRIBUTES } from '../schema/index.ts';

const NAMES: ReadonlySet<string> = new Set(Object.keys(CONTEXT_ATTRIBUTES));

/** Attributes of an endpoint that is not known, by those of the request that they are. */
export const OF_REQUEST = [
  ['protocol', 'protocol'],
  ['method', 'method'],
  ['template', 'path'],
] as const;

/** `context`, as far as a request is given. */
export class CallContext implements Context {
  readonly #given: Partial<Readonly<Record<string, string>>>;

  constructor(given: Partial<GuardContext>) {
    this.#given = given;
  }

  attribute(name: string): Value | Unknown | undefined {
    return NAMES.has(name) ? (this.#given[name] ?? UNKNOWN) : undefined;
  }

  record(): CedarRecord | Unknown {
    const fields = new Map<string, Value>();
    for (const name of NAMES) {
      const value = this.#given[name];
      if (value === undefined) return UNKNOWN;
      fields.set(name, value);
    }
    return new CedarRecord(fields);
  }
}
