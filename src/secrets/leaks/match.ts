/** How a text is written, which decides what an assignment looks like in it. */
export type Syntax =
  | 'env'
  | 'shell'
  | 'dockerfile'
  | 'properties'
  | 'yaml'
  | 'json'
  | 'xml'
  | 'code'
  | 'sql'
  | 'docs';

/** How the value of a match is written; `secretOf` undoes it. */
export type Encoding = 'plain' | 'escaped' | 'base64' | 'key-block';

export type Confidence = 'high' | 'medium' | 'low';

/** A credential in a text. It holds the place of the value and never the value itself, so that it can
 *  be logged and compared without care. */
export interface Match {
  /** `github-token`, `postgres`, `password`, `private-key` … */
  readonly kind: string;
  /** Offsets of the value in the text, in UTF-16 code units; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  /** The variable or key that holds the value; the kind where nothing names it. */
  readonly name: string;
  /** The rule that found it: the id of a provider pattern, or `generic/…`, `format/…`, `key/…`. */
  readonly rule: string;
  readonly confidence: Confidence;
  readonly encoding: Encoding;
  /** It stands on a command line, where every process of the machine can read it. */
  readonly argument?: boolean;
  /** RFC 3339, where the value itself says it (the `exp` of a JWT). */
  readonly expires?: string;
}

/** What is known of a text before it is read. */
export interface TextContext {
  readonly syntax: Syntax;
  /** Path or name, for formats that are known by it (`.netrc`, `.pgpass`). */
  readonly path: string;
  /** Texts for people in several languages: only provider patterns count. */
  readonly translations?: boolean;
}

/** Bounds of one text. */
export interface DetectLimits {
  /** Matches of one file. */
  readonly maxMatches: number;
  /** Longer lines are data or bundles: only provider patterns are looked for in them. */
  readonly maxLineLength: number;
}

export const DEFAULT_DETECT_LIMITS: DetectLimits = { maxMatches: 500, maxLineLength: 16_384 };
