import { scanCalls } from './calls.ts';
import { candidatesOf } from './candidates.ts';
import { scanCommands } from './commands.ts';
import { syntaxOf } from './files.ts';
import { scanFormats } from './formats.ts';
import { judgeCandidate } from './judge.ts';
import { keyBody, scanKeys } from './keys.ts';
import { DEFAULT_DETECT_LIMITS, type Match, type Syntax, type TextContext } from './match.ts';
import { scanProviders } from './providers.ts';
import { scanSql } from './sql.ts';
import { scanUrls } from './urls.ts';

/** Finds the credentials in a text. Pure and linear in its length; matches do not overlap and are in
 *  the text's order, at most `limits.maxMatches` of them.
 *
 *  Where two rules see the same value, the one that knows more wins: key blocks, provider patterns,
 *  addresses, formats known by the file's name, command lines, and last what is only named like a
 *  credential. */
export function detect(
  text: string,
  context: TextContext,
  limits = DEFAULT_DETECT_LIMITS,
): readonly Match[] {
  const found: Match[] = [];
  found.push(...scanKeys(text), ...scanProviders(text), ...scanUrls(text));
  if (context.translations) return settle(found, limits.maxMatches);
  found.push(...scanFormats(text, context.path));
  if (context.syntax !== 'docs') found.push(...scanCommands(text), ...scanSql(text));
  if (context.syntax === 'code') found.push(...scanCalls(text));
  for (const candidate of candidatesOf(text, context.syntax, limits.maxLineLength)) {
    const match = judgeCandidate(text, candidate, context.syntax);
    if (match) found.push(match);
  }
  return settle(found, limits.maxMatches);
}

/** Whether some line is so long that only provider patterns were looked for in it. */
export function hasLongLine(text: string, limits = DEFAULT_DETECT_LIMITS): boolean {
  for (let start = 0; start < text.length; ) {
    const end = endOfLine(text, start);
    if (end - start > limits.maxLineLength) return true;
    start = end + 1;
  }
  return false;
}

/** The credential itself, its escapes and encoding undone: what two places with the same credential
 *  have in common. */
export function secretOf(text: string, match: Match): string {
  const written = text.slice(match.start, match.end);
  switch (match.encoding) {
    case 'key-block':
      return keyBody(written);
    case 'escaped':
      return withoutEscapes(written);
    case 'base64': {
      const decoded = Buffer.from(written, 'base64').toString('utf8');
      return decoded.includes('PRIVATE KEY') ? keyBody(decoded) : decoded.trim();
    }
    case 'plain':
      return written.trim();
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function withoutEscapes(written: string): string {
  return written
    .replace(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character)
    .trim();
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end === -1 ? text.length : end;
}

/** Earlier rules win over later ones where they overlap; then by place. */
function settle(found: readonly Match[], maxMatches: number): readonly Match[] {
  const ranked = found
    .map((match, rank) => ({ match, rank }))
    .sort((a, b) => a.match.start - b.match.start || a.rank - b.rank);
  const kept: { match: Match; rank: number }[] = [];
  for (const entry of ranked) {
    const last = kept.at(-1);
    if (last === undefined || entry.match.start >= last.match.end) kept.push(entry);
    else if (entry.rank < last.rank) kept[kept.length - 1] = entry;
  }
  return withoutKeyIds(kept.map(({ match }) => match)).slice(0, maxMatches);
}

/** An AWS key's id opens nothing without its secret: where both stand together, they are one. */
function withoutKeyIds(matches: readonly Match[]): readonly Match[] {
  return matches.filter(
    (match, index) =>
      match.rule !== 'aws-access-key-id' ||
      ![matches[index - 1], matches[index + 1]].some(
        (other) =>
          other !== undefined &&
          other.kind === 'aws-access-key' &&
          other.rule !== match.rule &&
          Math.abs(other.start - match.start) < 400,
      ),
  );
}

/** Finds the credentials in a value that stands behind a name in parsed data: a variable of a
 *  container, an entry of a ConfigMap. Texts of several lines are files. Offsets are the value's.
 *  `nearby` is what stands beside it, for the kind. */
export function detectValue(name: string, value: string, nearby = ''): readonly Match[] {
  const isFile = value.trim().includes('\n');
  const syntax = isFile ? innerSyntax(name) : 'env';
  const matches = detect(value, { syntax, path: name });
  if (matches.length > 0 || isFile) {
    return matches.map((match) => (isNamed(match) ? match : { ...match, name }));
  }
  const end = value.length;
  const candidate = { name, start: 0, end, quoted: true, form: 'assignment' } as const;
  const match = judgeCandidate(value, candidate, 'env', nearby);
  return match ? [match] : [];
}

/** Files inside of data go by their key; one without an ending is most often `name=value` lines. */
function innerSyntax(name: string): Syntax {
  const syntax = syntaxOf(name);
  return syntax === 'code' && !/\.\w{1,5}$/.test(name) ? 'properties' : syntax;
}

function isNamed(match: Match): boolean {
  return match.name !== match.kind && !match.name.endsWith(' URL');
}
