import { toNumber, toText, type Value } from './value.ts';

/** Longest text and pattern that an expression of a chart is tried on. */
const MAX_TEXT = 200;
const MAX_PATTERN = 200;
/** Unbounded repeats in one pattern: with the bound on the text, the bound on the time. */
const MAX_REPEATS = 3;

/** A pattern that is safe to run: Go's expressions always take linear time, ours do not, so those
 *  with a repeated group, a back reference or many repeats are refused. Undefined where it is. */
function safePattern(pattern: string, flags = ''): RegExp | undefined {
  const isRisky =
    pattern.length > MAX_PATTERN ||
    /\)[*+{?]|\\\d|\(\?[=!<]/.test(pattern) ||
    (pattern.match(/[*+}]/g)?.length ?? 0) > MAX_REPEATS;
  if (isRisky) return undefined;
  try {
    return new RegExp(pattern, `${flags}u`);
  } catch {
    return undefined;
  }
}

type Apply = (pattern: RegExp, text: string, args: readonly Value[]) => Value;

/** Sprig's functions on regular expressions: pattern, text, and what else they take. */
const EXPRESSIONS: Record<string, { readonly flags: string; readonly apply: Apply }> = {
  regexMatch: { flags: '', apply: (pattern, text) => pattern.test(text) },
  regexFind: { flags: '', apply: (pattern, text) => pattern.exec(text)?.[0] ?? '' },
  regexFindAll: {
    flags: 'g',
    apply: (pattern, text, [count]) => {
      const found = text.match(pattern) ?? [];
      return toNumber(count) < 0 ? found : found.slice(0, toNumber(count));
    },
  },
  regexReplaceAll: {
    flags: 'g',
    apply: (pattern, text, [fresh]) =>
      text.replace(pattern, toText(fresh).replace(/\$\{(\d)\}/g, '$$$1')),
  },
  regexReplaceAllLiteral: {
    flags: 'g',
    apply: (pattern, text, [fresh]) => text.replace(pattern, () => toText(fresh)),
  },
  regexSplit: { flags: '', apply: (pattern, text) => text.split(pattern) },
};

export function isExpressionFunction(name: string): boolean {
  return Object.hasOwn(EXPRESSIONS, name);
}

/** Calls one of them; undefined where the pattern or the text is refused. */
export function callExpression(name: string, args: readonly Value[]): { value: Value } | undefined {
  const [pattern, text, ...rest] = args;
  const known = Object.hasOwn(EXPRESSIONS, name) ? EXPRESSIONS[name] : undefined;
  const subject = toText(text);
  const safe = known && safePattern(toText(pattern), known.flags);
  if (!known || !safe || subject.length > MAX_TEXT) return undefined;
  return { value: known.apply(safe, subject, rest) };
}
