import type { PathPattern } from '../../operations/index.ts';
import { patternText, stringText } from './text.ts';

/** When a request for no known path matches a pattern, in Cedar's words, or nothing where Cedar has no such words: in
 *  `like`, `*` stands for slashes, too. What is known of a path here is that it has no empty segments. */
export function pathCondition(pattern: PathPattern): readonly string[] | undefined {
  const { segments, rest } = pattern;
  if (segments.some(({ kind }) => kind === 'mixed')) return undefined;
  const texts = segments.map((segment) => (segment.kind === 'literal' ? segment.exact : undefined));
  const least = rest === 'parameter' ? [...texts, undefined] : texts;
  if (rest === 'none') return exactly(least);
  return atLeast(least);
}

/** Nothing between the slash at the beginning and the end: there `*` would take no segment. */
const NOT_ROOT = 'context.path != "/"';

/** As many segments as these: the pattern takes as many slashes as the path has, so none is left for `*`. */
function exactly(texts: readonly (string | undefined)[]): readonly string[] {
  if (!texts.includes(undefined)) return [`context.path == ${stringText(pathOf(texts))}`];
  const more = Array.from({ length: texts.length + 1 }, () => undefined);
  return [isLike(texts), `!(${isLike(more)})`, NOT_ROOT];
}

/** These segments, and any number after them: of a literal behind a parameter nobody could tell which segment it is. */
function atLeast(texts: readonly (string | undefined)[]): readonly string[] | undefined {
  if (texts.length === 0) return [];
  const firstGap = texts.indexOf(undefined);
  if (firstGap === -1) {
    const itself = `context.path == ${stringText(pathOf(texts))}`;
    return [`${itself} || ${isLike([...texts, undefined])}`];
  }
  if (texts.slice(firstGap).some((text) => text !== undefined)) return undefined;
  return [isLike(texts), NOT_ROOT];
}

function pathOf(texts: readonly (string | undefined)[]): string {
  return `/${texts.join('/')}`;
}

function isLike(texts: readonly (string | undefined)[]): string {
  const pieces = [''];
  for (const text of texts) {
    pieces.push(`${pieces.pop()}/${text ?? ''}`);
    if (text === undefined) pieces.push('');
  }
  return `context.path like ${patternText(pieces)}`;
}
