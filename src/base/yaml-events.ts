import {
  CORE_SCHEMA,
  constructFromEvents,
  EVENT_ID,
  type Event,
  getScalarValue,
  mergeTag,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml';
import type { DataLimits, DataPath } from './data.ts';
import type { Place, Places } from './place-rows.ts';

const SCHEMA = CORE_SCHEMA.withTags(mergeTag);

/** What the complete parser found in one part of a text. */
export interface EventReading {
  readonly values: readonly unknown[];
  /** Offsets of keys that stand a second time in their mapping. */
  readonly duplicates: readonly number[];
  readonly places: () => Places;
}

/** Reads all of YAML, as the plain reader does not. Local tags are ignored; of keys that stand twice
 *  the last counts.
 *  @throws {YAMLException} */
export function readYamlEvents(part: string, limits: DataLimits): EventReading {
  const events = parseEvents(part, { maxDepth: limits.maxDepth });
  dropLocalTags(events, part);
  const options = { source: part, schema: SCHEMA, maxAliases: limits.maxAliases };
  const places = lazy(() => new EventPlaces(part, limits));
  try {
    return { values: constructFromEvents(events, options), duplicates: [], places };
  } catch (thrown) {
    if (!isDuplicate(thrown)) throw thrown;
    const values = constructFromEvents(events, { ...options, json: true });
    return { values, duplicates: places().duplicates(), places };
  }
}

function isDuplicate(thrown: unknown): boolean {
  return thrown instanceof YAMLException && thrown.reason.startsWith('duplicated mapping key');
}

function dropLocalTags(events: Event[], source: string): void {
  for (const event of events) {
    if (!('tagStart' in event) || event.tagStart < 0) continue;
    const isGlobal = source.startsWith('!!', event.tagStart) || source[event.tagStart + 1] === '<';
    if (!isGlobal) event.tagStart = event.tagEnd = -1;
  }
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** A quoted scalar begins with its quote. */
function scalarStart(scalar: ScalarEvent): number {
  const isQuoted =
    scalar.style === SCALAR_STYLE.SINGLE_QUOTED || scalar.style === SCALAR_STYLE.DOUBLE_QUOTED;
  return Math.max(0, scalar.valueStart - (isQuoted ? 1 : 0));
}

interface Child {
  readonly name: string | number;
  readonly keyOffset: number;
  readonly event: number;
}

/** Finds places by walking the parser's events; the children of each collection on the way are
 *  indexed once. Parsing again costs less than keeping every file's events. */
class EventPlaces implements Places {
  readonly #source: string;
  readonly #events: Event[];
  readonly #ends: Int32Array;
  readonly #anchors = new Map<string, number>();
  readonly #children = new Map<number, Map<string | number, Child>>();

  constructor(source: string, limits: DataLimits) {
    this.#source = source;
    this.#events = parseEvents(source, { maxDepth: limits.maxDepth });
    this.#ends = new Int32Array(this.#events.length);
    const open: number[] = [];
    this.#events.forEach((event, index) => {
      this.#ends[index] = index;
      if (event.type === EVENT_ID.POP) this.#ends[open.pop() ?? 0] = index;
      else if (event.type <= EVENT_ID.MAPPING) open.push(index);
      if ('anchorStart' in event && event.anchorStart >= 0 && event.type !== EVENT_ID.ALIAS) {
        this.#anchors.set(source.slice(event.anchorStart, event.anchorEnd), index);
      }
    });
  }

  find(path: DataPath): Place {
    let event = 1;
    let key = this.#offset(event);
    for (const step of path) {
      const child = this.#childrenOf(this.#dereference(event)).get(step);
      if (!child) break;
      key = child.keyOffset;
      event = child.event;
    }
    return { key, value: this.#offset(event) };
  }

  /** Offsets of the keys that stand a second time in their mapping. */
  duplicates(): number[] {
    return this.#events.flatMap((event, index) => {
      if (event.type !== EVENT_ID.MAPPING) return [];
      const names = new Set<string>();
      return this.#childList(index).flatMap(({ name, keyOffset }) => {
        const isSecond = names.has(String(name));
        names.add(String(name));
        return isSecond ? [keyOffset] : [];
      });
    });
  }

  #offset(index: number): number {
    const event = this.#events[index];
    if (!event) return 0;
    if ('start' in event) return event.start;
    if ('valueStart' in event) return scalarStart(event);
    return 'anchorStart' in event ? event.anchorStart : 0;
  }

  #dereference(index: number): number {
    const event = this.#events[index];
    if (event?.type !== EVENT_ID.ALIAS) return index;
    return this.#anchors.get(this.#source.slice(event.anchorStart, event.anchorEnd)) ?? index;
  }

  #childrenOf(parent: number): Map<string | number, Child> {
    const known = this.#children.get(parent);
    if (known) return known;
    const children = new Map(this.#childList(parent).map((child) => [child.name, child]));
    this.#children.set(parent, children);
    return children;
  }

  #childList(parent: number): Child[] {
    const children: Child[] = [];
    const isMapping = this.#events[parent]?.type === EVENT_ID.MAPPING;
    const last = this.#ends[parent] ?? parent;
    let index = parent + 1;
    for (let item = 0; index < last; item++) {
      if (isMapping) {
        const key = this.#events[index];
        const value = (this.#ends[index] ?? index) + 1;
        if (key?.type === EVENT_ID.SCALAR) {
          const name = getScalarValue(this.#source, key);
          children.push({ name, keyOffset: scalarStart(key), event: value });
        }
        index = (this.#ends[value] ?? value) + 1;
      } else {
        children.push({ name: item, keyOffset: this.#offset(index), event: index });
        index = (this.#ends[index] ?? index) + 1;
      }
    }
    return children;
  }
}
