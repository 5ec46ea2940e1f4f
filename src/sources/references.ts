import { posix } from 'node:path';
import type { DataDocument } from '../base/data.ts';
import { quote } from '../base/fault.ts';
import { isFields } from '../base/pick.ts';
import type { BoundedReport } from './bounded-report.ts';
import { childNode, type DataNode, rootNode } from './data-node.ts';
import type { ReadContext } from './reader.ts';

/** References followed one after the other before one is called circular. */
const MAX_HOPS = 50;
/** Text of referenced files that is kept parsed, in bytes. */
const MAX_CACHED_BYTES = 16 * 1024 * 1024;
const MAX_CACHED_FILES = 1_000;

/** Follows `$ref`s between the documents of a folder. Addresses and files outside the folder are
 *  reported and never opened.
 *  @see RFC 6901 (JSON Pointer), OpenAPI 3.1 §4.6 (relative references) */
export class References {
  readonly #context: ReadContext;
  readonly #report: BoundedReport;
  readonly #opened = new Map<string, { document: DataDocument | undefined; sizeBytes: number }>();
  #openedBytes = 0;
  #root: { file: string; document: DataDocument } | undefined;

  constructor(context: ReadContext, report: BoundedReport) {
    this.#context = context;
    this.#report = report;
  }

  /** Sets the document that is being read, so that a reference to its own file does not read it
   *  again. */
  enter(file: string, document: DataDocument): void {
    this.#root = { file, document };
  }

  /** The node that `node` stands for: itself, or what its `$ref` (and the `$ref` there) names.
   *  Undefined, and reported, where a reference leads nowhere. */
  follow(node: DataNode, hops = { left: MAX_HOPS }): DataNode | undefined {
    let current = node;
    for (;;) {
      const reference = referenceOf(current.value);
      if (reference === undefined) return current;
      if (hops.left-- <= 0) {
        this.#report.at(node, 'warning', 'reference-circular', 'this `$ref` leads back to itself');
        return undefined;
      }
      const target = this.#resolve(current, reference, hops);
      if (target === undefined) return undefined;
      current = target;
    }
  }

  #resolve(from: DataNode, reference: string, hops: { left: number }): DataNode | undefined {
    const hash = reference.indexOf('#');
    const path = hash === -1 ? reference : reference.slice(0, hash);
    const fragment = hash === -1 ? '' : reference.slice(hash + 1);
    const target = path === '' ? rootNode(from.file, from.document) : this.#open(from, path);
    if (target === undefined) return undefined;
    const found = this.#locate(target, fragment, hops);
    if (found !== undefined) return found;
    const message = `${quote(reference, 200)} leads nowhere: there is no ${quote(fragment, 200)} in ${target.file}`;
    this.#report.at(from, 'warning', 'reference-unresolved', message, { about: reference });
    return undefined;
  }

  /** Walks a JSON Pointer; a `$ref` on the way is followed. */
  #locate(target: DataNode, fragment: string, hops: { left: number }): DataNode | undefined {
    const pointer = decodePercent(fragment);
    if (pointer === '') return target;
    if (!pointer.startsWith('/')) return undefined;
    let current = target;
    for (const token of pointer.slice(1).split('/')) {
      const step = token.replaceAll('~1', '/').replaceAll('~0', '~');
      let next = childNode(current, Array.isArray(current.value) ? Number(step) : step);
      if (next.value === undefined && referenceOf(current.value) !== undefined) {
        const followed = this.follow(current, hops);
        if (followed === undefined) return undefined;
        next = childNode(followed, Array.isArray(followed.value) ? Number(step) : step);
      }
      if (next.value === undefined) return undefined;
      current = next;
    }
    return current;
  }

  #open(from: DataNode, reference: string): DataNode | undefined {
    if (/^(?:[A-Za-z][A-Za-z0-9+.-]+:|\/\/)/.test(reference)) {
      const message = `${quote(reference, 200)} is outside the folder, so it was not followed`;
      const hint = 'keep a copy of it in the repository and refer to that';
      this.#report.at(from, 'note', 'reference-external', message, { hint, about: reference });
      return undefined;
    }
    const relative = decodePercent(reference.split('?', 1)[0] ?? '');
    const path = posix.join(posix.dirname(from.file), relative);
    if (relative.startsWith('/') || path === '..' || path.startsWith('../')) {
      const message = `${quote(reference, 200)} leaves the folder, so it was not followed`;
      this.#report.at(from, 'note', 'reference-outside', message, { about: reference });
      return undefined;
    }
    if (path === from.file) return rootNode(path, from.document);
    const document = this.#documentAt(path);
    if (document !== undefined) return rootNode(path, document);
    const message = `${quote(reference, 200)} leads nowhere: ${quote(path, 200)} is not in the folder, or cannot be read`;
    this.#report.at(from, 'warning', 'reference-unresolved', message, { about: reference });
    return undefined;
  }

  #documentAt(path: string): DataDocument | undefined {
    if (path === this.#root?.file) return this.#root.document;
    const known = this.#opened.get(path);
    if (known !== undefined) return known.document;
    const file = this.#context.open(path);
    const document = file?.isBinary ? undefined : file?.documents(this.#context.report)[0];
    this.#keep(path, document, file?.bytes.length ?? 0);
    return document;
  }

  /** The files opened longest ago make room. */
  #keep(path: string, document: DataDocument | undefined, sizeBytes: number): void {
    this.#opened.set(path, { document, sizeBytes });
    this.#openedBytes += sizeBytes;
    for (const [oldest, { sizeBytes: freed }] of this.#opened) {
      const fits = this.#openedBytes <= MAX_CACHED_BYTES && this.#opened.size <= MAX_CACHED_FILES;
      if (fits || oldest === path) break;
      this.#opened.delete(oldest);
      this.#openedBytes -= freed;
    }
  }
}

function referenceOf(value: unknown): string | undefined {
  if (!isFields(value) || !Object.hasOwn(value, '$ref')) return undefined;
  return typeof value.$ref === 'string' ? value.$ref : undefined;
}

function decodePercent(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
