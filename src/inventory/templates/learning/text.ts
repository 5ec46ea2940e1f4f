import { charactersOf } from '../paths/index.ts';

/** The words of a name: `list`, `order`, `items` of `listOrder-items`. */
export function wordsOf(text: string): string[] {
  return (text.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []).map((word) => word.toLowerCase());
}

export function isPlural(word: string): boolean {
  return word.length > 3 && /[^su]s$/i.test(word);
}

/** `orders` to `order`, `categories` to `category`, `boxes` to `box`. */
export function singularOf(word: string): string {
  if (!isPlural(word)) return word;
  if (/ies$/i.test(word) && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|zz)es$/i.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

/** How a name looks, coarsely: names that one program makes mostly look alike. */
export function looksOf(text: string): string {
  const { digits, upper, hyphens, underscores, dots } = charactersOf(text);
  const capitals =
    upper === 0 ? 'a' : /^[A-Z][^A-Z]*$/.test(text) ? 'T' : /[a-z]/.test(text) ? 'c' : 'A';
  return `${capitals}${digits > 0 ? '1' : ''}${hyphens > 0 ? '-' : ''}${underscores > 0 ? '_' : ''}${dots > 0 ? '.' : ''}`;
}
