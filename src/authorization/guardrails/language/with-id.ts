import { type Token, tokensOf } from './tokens.ts';

/** The text of a policy with this `@id`, instead of one that it has. */
export function withId(text: string, id: string): string {
  const annotation = `@id(${JSON.stringify(id)})`;
  const tokens = [...tokensOf(text)];
  const at = tokens.findIndex((token, index) => token.text === '@' && isId(tokens, index));
  const [first, last] = [tokens[at], tokens[at + 4]];
  if (first === undefined || last === undefined) return `${annotation}\n${text}`;
  return `${text.slice(0, first.start)}${annotation}${text.slice(last.end)}`;
}

function isId(tokens: readonly Token[], at: number): boolean {
  const [name, open, value, close] = tokens.slice(at + 1, at + 5);
  const isCalled = name?.text === 'id' && open?.text === '(' && close?.text === ')';
  return isCalled && value?.kind === 'string';
}
