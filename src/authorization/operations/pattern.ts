import { parseSegment, type SegmentPattern } from './segment.ts';
import { MAX_PATH_BYTES, MAX_PATH_SEGMENTS } from './wire-path.ts';

/** A pattern of canonical paths. */
export interface PathPattern {
  /** As written, its literals spelt as in canonical paths. */
  readonly text: string;
  /** The same without the names of parameters: what patterns of one shape share. */
  readonly shape: string;
  readonly segments: readonly SegmentPattern[];
  /** What follows the segments: nothing; `{name...}`, one segment at least; or `/**`, any number of them. */
  readonly rest: 'none' | 'parameter' | 'wildcard';
  /** Whether it has `*` or `/**`. */
  readonly hasWildcards: boolean;
}

/** How the rest of a path is written: `{path...}`, and in templates of others `{path+}`, `{path*}`, `{*path}`,
 *  `{path:.*}` and `{path:path}`. */
const REST_PARAMETER =
  /^\{(?:(?<own>[^{}]*)\.\.\.|\*{1,2}(?<after>[\w.-]*)|(?<before>[\w.-]+)(?:[+*]|:path|:\.[+*]))\}$/;

/** Reads `/orders/{id}`, `/{from}-{to}`, a path that ends in two stars or `/files/{path...}`; undefined for any other text. */
export function parsePattern(text: string): PathPattern | undefined {
  if (!text.startsWith('/') || text.length > MAX_PATH_BYTES) return undefined;
  // What a parameter must look like may say that it has no slash, which is no end of a segment.
  const written = text.slice(1).replaceAll('[^/]', '[^]').split('/');
  const last = restOf(written.at(-1) ?? '');
  const rest = last === '**' ? 'wildcard' : REST_PARAMETER.test(last) ? 'parameter' : 'none';
  if (rest !== 'none' || last === '') written.pop();
  if (written.length > MAX_PATH_SEGMENTS || written.includes('**')) return undefined;
  const segments: SegmentPattern[] = [];
  let [canonical, shape] = ['', ''];
  for (const one of written) {
    const parsed = parseSegment(one);
    if (!parsed) return undefined;
    segments.push(parsed.segment);
    canonical += `/${parsed.text}`;
    shape += `/${shapeOf(parsed.segment)}`;
  }
  const end = rest === 'none' ? '' : `/${last}`;
  return {
    text: canonical + end || '/',
    shape: shape + REST_SHAPE[rest] || '/',
    segments,
    rest,
    hasWildcards: rest === 'wildcard' || segments.some(isWildcard),
  };
}

/** The rest of a path in our own spelling; whatever else, as it is. */
function restOf(segment: string): string {
  const name = REST_PARAMETER.exec(segment)?.groups;
  return name ? `{${name.own ?? (name.before || name.after || 'path')}...}` : segment;
}

const isWildcard = ({ kind }: SegmentPattern): boolean => kind === 'wildcard';
const REST_SHAPE = { none: '', parameter: '/{...}', wildcard: '/**' } as const;

function shapeOf(segment: SegmentPattern): string {
  if (segment.kind === 'literal') return segment.exact;
  if (segment.kind === 'mixed') return segment.exact.join('{}');
  return segment.kind === 'wildcard' ? '*' : '{}';
}

/** The canonical text of a pattern, names of parameters included. */
export const patternText = (pattern: PathPattern): string => pattern.text;

/** Whether two patterns differ in the names of parameters at most. */
export const sameShape = (a: PathPattern, b: PathPattern): boolean => a.shape === b.shape;

/** How many segments a path has at least that matches. */
export const minSegments = ({ segments, rest }: PathPattern): number =>
  segments.length + (rest === 'parameter' ? 1 : 0);
