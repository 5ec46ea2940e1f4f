import type { Entry } from '../../registration/index.ts';
import { TOLD_KINDS, type ToldKind, type WrittenChanges, writeUpdate } from '../protocol/index.ts';
import type { Difference, Item, View } from './feed.ts';

/** Bytes of one message; a single item that is larger has a message of its own. */
const PAGE_BYTES = 256 * 1_024;
const PAGE_ITEMS = 1_000;

/** The messages that tell an agent of everything. */
export function wholeOf(view: View, mayKnow: (entry: Entry) => boolean): Generator<Buffer> {
  const all = TOLD_KINDS.map((kind) => ({ kind, put: view.items[kind].values(), gone: [] }));
  return pages(all, mayKnow, view.reissueAt, true);
}

/** The messages that tell an agent of what has changed; none where that is nothing to it. */
export function changesOf(
  difference: Difference,
  { before, after }: { readonly before: View; readonly after: View },
  mayKnow: (entry: Entry) => boolean,
): Generator<Buffer> {
  const all = TOLD_KINDS.map((kind) => {
    const { put, gone } = difference[kind];
    const known = before.items[kind];
    // an agent does not hear of the end of what it was never told of
    const told = gone.filter((id) => isFor(known.get(id), mayKnow));
    return { kind, put: put.values(), gone: told };
  });
  const isNews = after.reissueAt !== before.reissueAt;
  return pages(all, mayKnow, after.reissueAt, false, isNews);
}

interface Part {
  readonly kind: ToldKind;
  readonly put: Iterable<Item>;
  readonly gone: readonly string[];
}

/** Trust comes before entries, so that nobody is given an identity that nothing verifies yet. The last message says
 *  that it is the last. */
function* pages(
  parts: readonly Part[],
  mayKnow: (entry: Entry) => boolean,
  reissueAt: number,
  isFirst: boolean,
  isNews = isFirst,
): Generator<Buffer> {
  let page = new Page();
  let isBegun = false;
  const write = (isWhole: boolean): Buffer => {
    const message = writeUpdate(page.changes(), {
      isFirst: isFirst && !isBegun,
      isWhole,
      reissueAt,
    });
    isBegun = true;
    page = new Page();
    return message;
  };
  for (const { kind, put, gone } of parts) {
    for (const id of gone) {
      page.take(kind, id);
      if (page.isFull) yield write(false);
    }
    for (const item of put) {
      if (!isFor(item, mayKnow)) continue;
      page.put(kind, item.bytes);
      if (page.isFull) yield write(false);
    }
  }
  if (isNews || isBegun || !page.isEmpty) yield write(true);
}

class Page {
  readonly #changes = new Map<ToldKind, { put: Buffer[]; gone: string[] }>();
  #bytes = 0;
  #items = 0;

  get isEmpty(): boolean {
    return this.#items === 0;
  }

  get isFull(): boolean {
    return this.#bytes >= PAGE_BYTES || this.#items >= PAGE_ITEMS;
  }

  put(kind: ToldKind, bytes: Buffer): void {
    this.#of(kind).put.push(bytes);
    this.#count(bytes.length);
  }

  take(kind: ToldKind, id: string): void {
    this.#of(kind).gone.push(id);
    this.#count(id.length);
  }

  changes(): WrittenChanges[] {
    return [...this.#changes].map(([kind, changes]) => ({ kind, ...changes }));
  }

  #of(kind: ToldKind) {
    const known = this.#changes.get(kind);
    if (known) return known;
    const fresh = { put: [], gone: [] };
    this.#changes.set(kind, fresh);
    return fresh;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#items++;
  }
}

const isFor = (item: Item | undefined, mayKnow: (entry: Entry) => boolean): boolean =>
  item?.entry === undefined || mayKnow(item.entry);
