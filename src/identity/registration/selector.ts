import { z } from 'zod';

/** One thing that is known of a workload, or asked of it: `TYPE:KEY:VALUE`, as in `unix:uid:1000` or
 *  `k8s:sa:orders`. Values may have colons in them. */
export type Selector = string;

/** Characters of one selector. */
export const MAX_SELECTOR_LENGTH = 1_024;

/** Neither controls, nor what shows as nothing, nor half of a character. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;
const SHAPE = /^[a-z][a-z0-9_-]{0,31}:[a-z][a-z0-9_.-]{0,63}:./su;

/** Whether a text has the shape of a selector and fits the limit. */
export function isSelector(text: string): text is Selector {
  return text.length <= MAX_SELECTOR_LENGTH && SHAPE.test(text) && !UNPRINTABLE.test(text);
}

/** The selector of a value that comes from outside; `undefined` for a value that no selector can hold:
 *  an empty one, one that is too long, one with characters that cannot be seen. */
export function toSelector(
  type: string,
  key: string,
  value: string | number,
): Selector | undefined {
  const text = `${type}:${key}:${value}`;
  return isSelector(text) ? text : undefined;
}

/** `TYPE:KEY:` of a selector: what it speaks of. */
export function subjectOfSelector(selector: Selector): string {
  return selector.slice(0, selector.indexOf(':', selector.indexOf(':') + 1) + 1);
}

/** A selector as people write it. */
export const SelectorText = z.string().max(MAX_SELECTOR_LENGTH).refine(isSelector, {
  error:
    'must read like `unix:uid:1000` or `k8s:sa:orders`, without characters that cannot be seen',
});
