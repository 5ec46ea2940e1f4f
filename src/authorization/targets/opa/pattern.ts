import {
  MAX_PATH_SEGMENTS,
  minSegments,
  type PathPattern,
  parsePattern,
} from '../../operations/index.ts';

/** A pattern of paths as our policy in Rego reads it. */
export interface OpaPattern {
  /** How many segments a path has. */
  readonly least: number;
  readonly most: number;
  /** Texts of segments, by their positions. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Regular expressions (RE2) of segments of which a part is a parameter. */
  readonly forms?: Readonly<Record<string, string>>;
}

type Comparison = 'exact' | 'folded';

/** @param by as canonical paths are spelt, or decoded and in lower case */
export function toOpaPattern(pattern: PathPattern, by: Comparison): OpaPattern {
  const { segments, rest } = pattern;
  const texts: Record<string, string> = {};
  const forms: Record<string, string> = {};
  for (const [at, segment] of segments.entries()) {
    if (segment.kind === 'literal') texts[at] = segment[by];
    else if (segment.kind === 'mixed') forms[at] = formOf(segment[by], by);
  }
  return {
    least: minSegments(pattern),
    most: rest === 'none' ? segments.length : MAX_PATH_SEGMENTS,
    ...(Object.keys(texts).length > 0 && { texts }),
    ...(Object.keys(forms).length > 0 && { forms }),
  };
}

/** Patterns by their texts, each made once: the same ones come back all over an estate. */
export class OpaPatterns {
  readonly #known = { exact: new Map<string, Found>(), folded: new Map<string, Found>() };

  /** Undefined for a text that is no pattern. */
  of(text: string, by: Comparison): OpaPattern | undefined {
    const known = this.#known[by];
    const found = known.get(text);
    if (found) return found.pattern;
    const parsed = parsePattern(text);
    const pattern = parsed && toOpaPattern(parsed, by);
    known.set(text, { pattern });
    return pattern;
  }
}

interface Found {
  readonly pattern: OpaPattern | undefined;
}

/** One character at least: encoded ones are one. */
const GAP = { exact: '(?:%..|[^%])+', folded: '.+' } as const;

const formOf = (texts: readonly string[], by: Comparison): string =>
  `(?s)^${texts.map(escaped).join(GAP[by])}$`;

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
