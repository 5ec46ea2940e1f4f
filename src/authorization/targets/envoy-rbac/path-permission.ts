import type { PathPattern } from '../../operations/index.ts';
import { allOf, anyOf, not, type Permission, pathIs, pathMatches } from './rbac.ts';
import { ANY_SEGMENT, type Comparison, type Piece, segmentRegex } from './segment-regex.ts';

/** An Envoy refuses a regular expression of which RE2 makes more instructions than this, if it is not told otherwise
 *  (`re2.max_program_size.error_level`), and with it all of the policy. */
export const MAX_PROGRAM_SIZE = 100;
/** What is counted here is about what RE2 counts. */
const MAX_COST = 80;
const ANYTHING_BELOW: Piece = { regex: '(?:/.*)?', cost: 6 };

/** The canonical paths that a pattern matches, one slash at the end or not; undefined where that cannot be said.
 *  Paths that are not canonical may match, too, where the pattern has anything but literals.
 *  @param by `exact`, or `folded`: however it is spelt, and without regard to case */
export function pathPermission(pattern: PathPattern, by: Comparison): Permission | undefined {
  const exact = by === 'exact' ? exactPaths(pattern) : undefined;
  if (exact) return anyOf(exact.map(pathIs));
  const regexes = pathRegexes(pattern, by);
  return regexes && allOf(regexes.map(pathMatches));
}

/** Whether a pattern takes nothing but what is written in it. */
export function isLiteral({ segments, rest }: PathPattern): boolean {
  return rest === 'none' && segments.every(({ kind }) => kind === 'literal');
}

function exactPaths(pattern: PathPattern): readonly string[] | undefined {
  if (!isLiteral(pattern) || pattern.text.includes('%')) return undefined;
  return pattern.segments.length === 0 ? ['/'] : [pattern.text, `${pattern.text}/`];
}

/** Regular expressions that only paths of the pattern match all of: one, or more where RE2 would make too much of one.
 *  Each of these looks at some segments, and skips those before them. */
function pathRegexes({ segments, rest }: PathPattern, by: Comparison): string[] | undefined {
  const end = endOf(segments.length, rest);
  const regexes: string[] = [];
  let chunk = skipping(0);
  for (const [at, segment] of segments.entries()) {
    const piece = segmentRegex(segment, by);
    if (chunk.count > 0 && chunk.cost + piece.cost + 1 > MAX_COST) {
      regexes.push(chunk.regex + ANYTHING_BELOW.regex);
      chunk = skipping(at);
    }
    chunk = {
      regex: `${chunk.regex}/${piece.regex}`,
      cost: chunk.cost + 1 + piece.cost,
      count: chunk.count + 1,
    };
    if (chunk.cost > MAX_COST) return undefined;
  }
  return [...regexes, chunk.regex + end.regex];
}

interface Chunk extends Piece {
  /** Segments that it looks at. */
  readonly count: number;
}

function skipping(segments: number): Chunk {
  if (segments === 0) return { regex: '', cost: 10, count: 0 };
  const cost = 10 + segments * (ANY_SEGMENT.cost + 1);
  return { regex: `(?:/${ANY_SEGMENT.regex}){${segments}}`, cost, count: 0 };
}

function endOf(segments: number, rest: PathPattern['rest']): Piece {
  if (rest === 'parameter') return { regex: '/[!-.0-~].*', cost: 5 };
  if (segments === 0) return { regex: rest === 'none' ? '/' : '/.*', cost: 3 };
  return rest === 'none' ? { regex: '/?', cost: 2 } : ANYTHING_BELOW;
}

const HEX = '[0-9A-Fa-f]';
const CONTINUED = `%[89ABab]${HEX}`;

/** Characters that mean nothing but themselves, and percent-encoding of nothing that needs none, nor of a slash, a
 *  backslash or NUL. */
const SPELT =
  '/(?:[!"$&-:<->@-\\[\\]-~]|%(?:0[1-9A-Fa-f]|1[0-9A-Fa-f]|2[0-9ABCabc]|3[ABCDEFabcdef]|40|5[BDEbde]|60|7[BCDFbcdf]|[89A-Fa-f][0-9A-Fa-f]))*';

/** What decodes to UTF-8.
 *  @see RFC 3629 §4 */
const UTF_8 = `(?:[!-$&-~]|%(?:[0-7]${HEX}|(?:[Cc][2-9A-Fa-f]|[Dd]${HEX})${CONTINUED}|(?:[Ee](?:0%[ABab]|[1-9A-CEFa-cef]%[89ABab]|[Dd]%[89])|[Ff](?:0%[9ABab]|[1-3]%[89ABab]|4%8)${HEX}${CONTINUED})${HEX}${CONTINUED}))+`;

/** An empty segment, one of dots, or an encoded percent sign with two hexadecimal digits behind it. */
const DOUBTFUL = `.*(?:/\\.{0,2}/|%25${HEX}{2}).*|.*/\\.{1,2}`;

/** Paths as one spells them who means no harm: those of README.md of operations that are spelt canonically already,
 *  but for the case of hexadecimal digits, and however long they are. */
export const CANONICAL: readonly Permission[] = [
  pathMatches(SPELT),
  pathMatches(UTF_8),
  not(pathMatches(DOUBTFUL)),
];
