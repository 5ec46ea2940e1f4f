import type { Position } from '../../base/text.ts';
import type { SourceFile } from '../reader.ts';

const MAX_TEMPLATES = 100;
/** Places in one file where a template is looked for, and how far around each. */
const MAX_TRIES = 100;
const MAX_LENGTH = 500_000;

/** Schema definition language in a template literal of source code. */
export interface EmbeddedSchema {
  /** Of the same length and lines as in the file, with what is not GraphQL blanked. */
  readonly text: string;
  /** Where the text begins in the file. */
  readonly start: Position;
  /** The code says itself that this is GraphQL, so it ought to parse. */
  readonly tagged: boolean;
}

const ROOT_TYPE = /\btype[ \t]+(?:Query|Mutation|Subscription)\b/g;
const TAG = /(?:\b(?:gql|graphql)|\/\*[ \t]*GraphQL[ \t]*\*\/)[ \t]*$/;

/** Finds the template literals of a file that define root types.
 *  @see graphql-tag, and the `GraphQL` comment that editors know */
export function embeddedSchemas(file: SourceFile): readonly EmbeddedSchema[] {
  if (!ROOT_WORDS.some((words) => file.bytes.includes(words)) || file.isBinary) return [];
  const { text } = file;
  const found: EmbeddedSchema[] = [];
  let end = 0;
  let triesLeft = MAX_TRIES;
  for (const match of text.matchAll(ROOT_TYPE)) {
    if (match.index < end) continue;
    if (triesLeft-- <= 0) break;
    const start = openingBacktick(text, match.index) + 1;
    if (start <= end && end > 0) continue;
    const close = closingBacktick(text, match.index);
    if (start === 0 || close === -1) continue;
    end = close + 1;
    found.push({
      text: blanked(text.slice(start, close)),
      start: file.position(start),
      tagged: TAG.test(text.slice(Math.max(0, start - 40), start - 1)),
    });
    if (found.length >= MAX_TEMPLATES) break;
  }
  return found;
}

const ROOT_WORDS = ['type Query', 'type Mutation', 'type Subscription'];

/** -1 where none is near; one behind a backslash is text. */
function openingBacktick(text: string, from: number): number {
  const first = Math.max(0, from - MAX_LENGTH);
  const near = text.slice(first, from);
  let at = near.lastIndexOf('`');
  while (at > 0 && near[at - 1] === '\\') at = near.lastIndexOf('`', at - 1);
  return at === -1 ? -1 : first + at;
}

function closingBacktick(text: string, from: number): number {
  const near = text.slice(from, from + MAX_LENGTH);
  let at = near.indexOf('`');
  while (at !== -1 && near[at - 1] === '\\') at = near.indexOf('`', at + 1);
  return at === -1 ? -1 : from + at;
}

/** Interpolations and escaped backticks become spaces, so that places stay what they are. */
function blanked(template: string): string {
  return template
    .replace(/\$\{[^{}]*\}/g, (expression) => expression.replace(/[^\n]/g, ' '))
    .replaceAll('\\`', '  ');
}
