import { type Call, type FunctionValue, UNKNOWN, type Value } from './value.ts';

/** What is known of a function that has run. */
export class Run {
  /** It registers something: worth running again, whatever it is given. */
  acts = false;
  last: Value = UNKNOWN;
  readonly #results = new Map<string, Value>();

  /** What it gave for the same arguments, where those are texts or not known. */
  resultFor(value: FunctionValue, call: Call): Value | undefined {
    const key = this.acts ? undefined : argumentKey(value, call);
    return key === undefined ? undefined : this.#results.get(key);
  }

  keep(value: FunctionValue, call: Call, result: Value): void {
    this.last = result;
    const key = this.acts ? undefined : argumentKey(value, call);
    if (key !== undefined && this.#results.size < MAX_RESULTS) this.#results.set(key, result);
  }
}

/** Results of one function that are kept. */
const MAX_RESULTS = 1_000;

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
