import type { Diagnostic } from '../base/diagnostic.ts';
import { type DataNode, placeOf } from './data-node.ts';

const MAX_PER_FILE = 50;

/** Reports problems of data files, each once, and no more than a screenful for one file: a broken
 *  generator repeats one mistake thousands of times. */
export class BoundedReport {
  readonly #report: (diagnostic: Diagnostic) => void;
  readonly #reader: string;
  readonly #seen = new Map<string, Set<string>>();

  constructor(reader: string, report: (diagnostic: Diagnostic) => void) {
    this.#reader = reader;
    this.#report = report;
  }

  /** Says `message` of the key at `node`. `about` is what makes two reports of a file the same;
   *  without it each place counts. */
  at(
    node: DataNode,
    severity: Diagnostic['severity'],
    code: string,
    message: string,
    details: { readonly hint?: string; readonly about?: string } = {},
  ): void {
    const seen = this.#seen.get(node.file) ?? new Set();
    this.#seen.set(node.file, seen);
    if (seen.size > MAX_PER_FILE) return;
    const place = placeOf(node);
    const key = `${code} ${details.about ?? `${place.line}:${place.column}`}`;
    if (seen.has(key)) return;
    seen.add(key);
    const { file } = node;
    if (seen.size > MAX_PER_FILE) {
      this.#report({
        severity: 'note',
        code: `${this.#reader}/more-problems`,
        message: `more than ${MAX_PER_FILE} problems in this file; the rest is not listed`,
        file,
      });
      return;
    }
    this.#report({
      severity,
      code: `${this.#reader}/${code}`,
      message,
      file,
      ...place,
      ...(details.hint !== undefined && { hint: details.hint }),
    });
  }
}
