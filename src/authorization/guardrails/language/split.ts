import { tokensOf } from './tokens.ts';

/** One policy as it is written, from its first word or annotation to its `;`. */
export interface PolicyText {
  readonly text: string;
  /** Where it begins in its file, in UTF-16 code units. */
  readonly offset: number;
  /** How deep its brackets are nested. */
  readonly depth: number;
}

const DEPTH: Readonly<Record<string, number>> = {
  '(': 1,
  '[': 1,
  '{': 1,
  ')': -1,
  ']': -1,
  '}': -1,
};

/** The policies of a file, each of which can then be read by itself: one that is broken costs no other. What comes after
 *  the last `;` counts as one, for somebody meant something by it. */
export function splitPolicies(text: string): PolicyText[] {
  const policies: PolicyText[] = [];
  let start: number | undefined;
  let end = 0;
  let depth = 0;
  let deepest = 0;
  const close = () => {
    if (start !== undefined) {
      policies.push({ text: text.slice(start, end), offset: start, depth: deepest });
    }
    start = undefined;
    depth = deepest = 0;
  };
  for (const token of tokensOf(text)) {
    start ??= token.start;
    end = token.end;
    if (token.kind !== 'sign') continue;
    depth += DEPTH[token.text] ?? 0;
    deepest = Math.max(deepest, depth);
    if (token.text === ';') close();
  }
  close();
  return policies;
}
