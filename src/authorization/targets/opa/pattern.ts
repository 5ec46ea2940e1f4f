import {
  MAX_PATH_SEGMENTS,
  minSegments,
  type PathPattern,
  type SegmentPattern,
} from '../../operations/index.ts';

/** A pattern of paths as our policy in Rego reads it. */
export interface OpaPattern {
  /** How many segments a path has. */
  readonly least: number;
  readonly most: number;
  /** Texts of segments, by their positions. */
  readonly texts: Readonly<Record<string, string>>;
  /** Regular expressions (RE2) of segments of which a part is a parameter. */
  readonly forms: Readonly<Record<string, string>>;
}

type Comparison = 'exact' | 'folded';

/** @param by as canonical paths are spelt, or decoded and in lower case */
export function toOpaPattern(pattern: PathPattern, by: Comparison): OpaPattern {
  const { segments, rest } = pattern;
  const pick = (read: (segment: SegmentPattern) => string | undefined) =>
    Object.fromEntries(
      segments.flatMap((segment, at) => {
        const text = read(segment);
        return text === undefined ? [] : [[at, text]];
      }),
    );
  return {
    least: minSegments(pattern),
    most: rest === 'none' ? segments.length : MAX_PATH_SEGMENTS,
    texts: pick((segment) => (segment.kind === 'literal' ? segment[by] : undefined)),
    forms: pick((segment) => (segment.kind === 'mixed' ? formOf(segment[by], by) : undefined)),
  };
}

/** One character at least: encoded ones are one. */
const GAP = { exact: '(?:%..|[^%])+', folded: '.+' } as const;

const formOf = (texts: readonly string[], by: Comparison): string =>
  `(?s)^${texts.map(escaped).join(GAP[by])}$`;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
