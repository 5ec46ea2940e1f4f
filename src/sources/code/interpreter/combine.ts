import type { Expression } from './program.ts';
import { type Call, hole, listValue, textValue, UNKNOWN, type Value } from './value.ts';

/** Longest text and list that a program may build. */
const MAX_TEXT = 10_000;
export const MAX_ITEMS = 20_000;

/** `a + b`: lists one behind the other, or a text with holes where a part is not known. */
export function joinValues(values: readonly Value[], names: readonly string[]): Value {
  if (values.some((value) => value.is === 'list')) {
    const items = values.flatMap((value) => (value.is === 'list' ? value.items : value));
    return listValue(items.filter(({ is }) => is !== 'unknown').slice(0, MAX_ITEMS));
  }
  if (!values.some((value) => value.is === 'text')) return UNKNOWN;
  const texts = values.map((value, index) =>
    value.is === 'text' ? value.text : hole(names[index] ?? ''),
  );
  // The end of a path is what tells it from others.
  const last = values.at(-1);
  const place = last?.is === 'text' ? last.place : undefined;
  return textValue(texts.join('').slice(0, MAX_TEXT), place);
}

/** The one router, or else handler, that a call is given. */
export function wrapped(call: Call): Value | undefined {
  const values = [...call.positional, ...call.named.values()];
  for (const kind of ['router', 'data', 'function']) {
    const found = values.filter((value) => value.is === kind);
    if (found.length > 0) return found.length === 1 ? found[0] : undefined;
  }
  return undefined;
}

/** One value for several that a program may come to: what holds routes before texts, texts before
 *  what is not known; of equals the first. */
export function mergeValues(values: readonly Value[]): Value {
  let best: Value = UNKNOWN;
  for (const value of values) if (rank(value) > rank(best)) best = value;
  return best;
}

function rank(value: Value): number {
  switch (value.is) {
    case 'unknown':
      return 0;
    case 'external':
      return 1;
    case 'text':
      return 2;
    case 'list':
      return value.items.some(({ is }) => is !== 'unknown') ? 3.5 : 3;
    case 'router':
    case 'data':
      return 9;
    default:
      return 4;
  }
}

/** The parts of a value that is taken apart; a value that is no list is the first of them. */
export function partsOf(value: Value | undefined, count: number): readonly Value[] {
  if (value === undefined) return [];
  if (value.is === 'list') return value.items;
  return [value, ...Array<Value>(Math.max(0, count - 1)).fill(UNKNOWN)];
}

/** What a loop over a value goes through: `[key, item]` or `[item]`. */
export function roundsOf(value: Value, keyed: boolean): Value[][] {
  if (value.is === 'list') {
    return value.items.map((item, index) => (keyed ? [textValue(String(index)), item] : [item]));
  }
  if (value.is === 'record' && value.class === undefined) {
    return [...value.fields].map(([key, item]) =>
      keyed ? [textValue(key), item] : [textValue(key)],
    );
  }
  return [];
}

/** The last name in an expression; empty where it has none. */
export function nameOf(expression: Expression | undefined): string {
  if (expression?.is === 'name' || expression?.is === 'member') return expression.name;
  if (expression?.is === 'call') return nameOf(expression.callee);
  return '';
}

/** The key of an entry: its text, or the name of a field. */
export function keyOf(key: Expression, value: Value | undefined): string | undefined {
  if (value?.is === 'text') return value.text;
  return key.is === 'name' || key.is === 'member' ? key.name : undefined;
}
