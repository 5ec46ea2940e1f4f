import { compareText } from '../../../base/diagnostic.ts';
import { Fault, quote } from '../../../base/fault.ts';
import type { Entry } from '../entry.ts';

/** Which entries, and from where on. Filters hold together; an empty owner means that nobody answers. */
export interface EntryQuery {
  /** At least 1. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
  /** Id of a service of the estate. */
  readonly service?: string;
  readonly owner?: string;
  readonly spiffeId?: string;
  /** One that the entry asks for. */
  readonly selector?: string;
  readonly origin?: Entry['origin'];
  /** Words that the SPIFFE ID, the selectors, the services or the owner hold, in whatever case. */
  readonly search?: string;
}

/** A page of entries, by SPIFFE ID. */
export interface EntryPage {
  readonly items: readonly Entry[];
  /** For `after`; undefined on the last page. */
  readonly next: string | undefined;
  /** Of all pages. */
  readonly total: number;
}

type Test = (entry: Entry) => boolean;

const FILTERS: {
  readonly [Name in keyof Omit<EntryQuery, 'limit' | 'after'>]-?: (
    value: NonNullable<EntryQuery[Name]>,
  ) => Test;
} = {
  service:
    (id) =>
    ({ services }) =>
      services.includes(id),
  owner:
    (name) =>
    ({ owner }) =>
      (owner ?? '') === name,
  spiffeId:
    (uri) =>
    ({ spiffeId }) =>
      spiffeId === uri,
  selector:
    (one) =>
    ({ selectors }) =>
      selectors.includes(one),
  origin:
    (who) =>
    ({ origin }) =>
      origin === who,
  search: (text) => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return (entry) => {
      const { spiffeId, selectors, services, owner } = entry;
      const all = [spiffeId, ...selectors, ...services, owner ?? ''].join('\n').toLowerCase();
      return words.every((word) => all.includes(word));
    };
  },
};

const NAMES = Object.keys(FILTERS) as (keyof typeof FILTERS)[];

/** Pages of entries, which are sorted once for each time that they have changed. */
export class EntryListing {
  #sorted: readonly Entry[] | undefined;

  /** What is known of the order no longer holds. */
  clear(): void {
    this.#sorted = undefined;
  }

  /** @throws {Fault} `identity/page-malformed` where `after` is not the end of a page */
  page(entries: Iterable<Entry>, query: EntryQuery): EntryPage {
    const start = query.after === undefined ? undefined : parsePlace(query.after);
    this.#sorted ??= [...entries].sort(compareEntries);
    const tests = testsOf(query);
    const all =
      tests.length === 0
        ? this.#sorted
        : this.#sorted.filter((entry) => tests.every((holds) => holds(entry)));
    const from = start === undefined ? 0 : firstBehind(all, start);
    const items = all.slice(from, from + query.limit);
    const last = items.at(-1);
    const hasMore = last !== undefined && from + items.length < all.length;
    return { items, next: hasMore ? toPlace(last) : undefined, total: all.length };
  }
}

function testsOf(query: EntryQuery): Test[] {
  return NAMES.flatMap((name) => {
    const value = query[name];
    // each filter takes the value of its own name
    return value === undefined ? [] : [(FILTERS[name] as (value: string) => Test)(value)];
  });
}

type Place = Pick<Entry, 'spiffeId' | 'id'>;

const compareEntries = (a: Place, b: Place): number =>
  compareText(a.spiffeId, b.spiffeId) || compareText(a.id, b.id);

/** Index of the first entry behind a place, whether or not something is there. */
function firstBehind(sorted: readonly Entry[], place: Place): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = sorted[middle];
    if (entry !== undefined && compareEntries(entry, place) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

const toPlace = ({ spiffeId, id }: Place): string =>
  Buffer.from(`${spiffeId} ${id}`).toString('base64url');

function parsePlace(text: string): Place {
  const [spiffeId, id, ...more] = Buffer.from(text, 'base64url').toString().split(' ');
  if (spiffeId !== undefined && id !== undefined && more.length === 0) return { spiffeId, id };
  throw new Fault('identity/page-malformed', `${quote(text)} is not the end of a page`, {
    hint: 'pass `next` of the page before',
  });
}
