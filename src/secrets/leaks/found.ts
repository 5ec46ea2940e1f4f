import type { DataDocument, DataPath } from '../../base/data.ts';
import type { Position } from '../../base/text.ts';
import type { CredentialLocation, Subject } from '../../estate/index.ts';
import { secretOf } from './detect.ts';
import type { Match } from './match.ts';

/** A credential with its place in a file. Only inside this folder: it holds the value, which the
 *  reader turns into a fingerprint and forgets. */
export interface Found extends Position {
  readonly kind: string;
  readonly name: string;
  readonly rule: string;
  readonly value: string;
  readonly in: CredentialLocation['in'];
  readonly subject?: Subject;
  /** Besides the fingerprint of the value: `secret:NAMESPACE/NAME#KEY`. */
  readonly keys?: readonly string[];
  /** It is written in base64, as the `data` of a Secret is. */
  readonly isEncoded?: boolean;
  /** The ConfigMap that holds it, for whoever refers to it. */
  readonly configMap?: ConfigMapKey;
  /** RFC 3339 */
  readonly expires?: string;
}

/** An entry of a ConfigMap, or the whole of it where `key` is absent. */
export interface ConfigMapKey {
  readonly namespace: string | undefined;
  readonly name: string;
  readonly key?: string;
}

/** A workload reads (an entry of) a ConfigMap. */
export interface ConfigMapUse {
  readonly subject: Subject;
  readonly configMap: ConfigMapKey;
}

/** What parsed documents say of a file, which knows more than its text alone does. */
export interface Structured {
  readonly found: readonly Found[];
  /** Lines that parsed data has judged: what the text alone says of them does not count. */
  readonly judgedLines: ReadonlySet<number>;
  readonly uses: readonly ConfigMapUse[];
  /** What the document around a line says of what else is found on it. */
  around(line: number): Pick<Found, 'in' | 'subject'> | undefined;
}

/** A text value of parsed data. */
export interface Leaf {
  readonly path: DataPath;
  /** What to call it, and what says whether it is a credential. */
  readonly name: string;
  readonly value: string;
}

/** Finds places inside values of parsed data. */
export class Places {
  readonly #lines: readonly string[];

  constructor(text: string) {
    this.#lines = text.split('\n');
  }

  /** Where the match stands in the file. A value on a line of its own (block scalars) is looked for
   *  line by line; one that is written in another way than it reads is placed at its beginning. */
  of(document: DataDocument, leaf: Leaf, match: Match): Position {
    const begin = document.valueAt(leaf.path);
    const lineStart = leaf.value.lastIndexOf('\n', match.start - 1) + 1;
    const inner = leaf.value.slice(lineStart).split('\n', 1)[0] ?? '';
    const linesBefore = leaf.value.slice(0, lineStart).split('\n').length - 1;
    for (const line of [begin.line + linesBefore, begin.line + linesBefore + 1]) {
      const text = this.#lines[line - 1] ?? '';
      const at = text.indexOf(inner, line === begin.line ? begin.column - 1 : 0);
      if (inner !== '' && at !== -1) return { line, column: at + match.start - lineStart + 1 };
    }
    return begin;
  }

  /** Where a value begins, behind the quote or the space before it. */
  beginningOf(document: DataDocument, path: DataPath): Position {
    const { line, column } = document.valueAt(path);
    const text = this.#lines[line - 1]?.slice(column - 1) ?? '';
    const before = /^[ \t]*["']?/.exec(text)?.[0].length ?? 0;
    return { line, column: column + before };
  }

  /** The lines that a value takes up. */
  linesOf(document: DataDocument, leaf: Leaf): readonly number[] {
    const { line } = document.valueAt(leaf.path);
    const count = leaf.value.split('\n').length;
    return Array.from({ length: Math.min(count + 1, 10_000) }, (_, index) => line + index).slice(
      0,
      count === 1 ? 1 : undefined,
    );
  }
}

export function toFound(
  match: Match,
  value: string,
  place: Position,
  rest: Pick<Found, 'in'> & Partial<Found>,
): Found {
  return {
    kind: match.kind,
    name: match.name,
    rule: match.rule,
    value: secretOf(value, match),
    line: place.line,
    column: place.column,
    ...(match.expires !== undefined && { expires: match.expires }),
    ...rest,
  };
}
