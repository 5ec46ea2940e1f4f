import { DETECTORS, type FieldName, isCoordinate, type Scalar, toFieldName } from './detectors.ts';
import type { ValueKind } from './kinds.ts';

/** How much of a sample is looked at; what is beyond is passed over. */
export interface ValueLimits {
  /** Lists and objects inside each other. */
  readonly maxDepth: number;
  /** Values, lists and objects among them. */
  readonly maxValues: number;
  /** Characters of one text. */
  readonly maxTextLength: number;
}

export const VALUE_LIMITS: ValueLimits = { maxDepth: 16, maxValues: 2_000, maxTextLength: 4_096 };

/** The kinds of values that a sample of a payload holds, sorted. The sample is plain data as JSON has
 *  it, or text; whole numbers may be BigInts. Its values are judged and let go at once: none is
 *  returned, kept, or part of an error; nothing is thrown. */
export function classifyValues(sample: unknown, limits: ValueLimits = VALUE_LIMITS): ValueKind[] {
  const walk = new Walk(limits);
  try {
    walk.visit(sample, NO_NAME, 0);
  } catch {
    // a sample that cannot be walked (a getter that throws) says no more than was found until there
  }
  return [...walk.found].sort();
}

const NO_NAME = toFieldName('');

class Walk {
  readonly found = new Set<ValueKind>();
  readonly #limits: ValueLimits;
  readonly #names = new Map<string, FieldName>();
  #left: number;

  constructor(limits: ValueLimits) {
    this.#limits = limits;
    this.#left = limits.maxValues;
  }

  visit(value: unknown, field: FieldName, depth: number): void {
    if (this.#left-- <= 0 || depth > this.#limits.maxDepth) return;
    if (typeof value === 'string') this.#judgeText(value, field);
    else if (typeof value === 'number' || typeof value === 'bigint')
      this.#judge(String(value), true, field);
    else if (Array.isArray(value)) this.#visitList(value, field, depth);
    else if (typeof value === 'object' && value !== null) this.#visitObject(value, field, depth);
  }

  #visitList(list: readonly unknown[], field: FieldName, depth: number): void {
    const [a, b] = list;
    // GeoJSON has the longitude first; other writers do not
    if (list.length === 2 && field.isPlace && (isPlace(a, b) || isPlace(b, a)))
      this.found.add('place');
    for (const item of list) {
      if (this.#left <= 0) return;
      this.visit(item, field, depth + 1);
    }
  }

  #visitObject(object: object, above: FieldName, depth: number): void {
    const place: Partial<Record<NonNullable<FieldName['axis']>, unknown>> = {};
    for (const [name, value] of Object.entries(object)) {
      if (this.#left <= 0) return;
      const field = this.#nameOf(name, above);
      if (field.axis !== undefined) place[field.axis] = value;
      this.visit(value, field, depth + 1);
    }
    if (isPlace(place.latitude, place.longitude)) this.found.add('place');
  }

  /** What lies under `diagnosis` is of health, whatever it is called; the rest goes by its own name. */
  #nameOf(name: string, { isHealth }: FieldName): FieldName {
    let known = this.#names.get(name);
    if (known === undefined) {
      known = toFieldName(name);
      this.#names.set(name, known);
    }
    return isHealth && !known.isHealth ? { ...known, isHealth: true } : known;
  }

  /** A text that holds no blank is one value; in prose, each run of what is no blank may be. */
  #judgeText(text: string, field: FieldName): void {
    const cut = text.slice(0, this.#limits.maxTextLength).trim();
    this.#judge(cut, false, field);
    if (!/[\s,;<>"]/.test(cut)) return;
    for (const [part] of cut.matchAll(PARTS)) {
      this.#judge(part.replace(/[.:!?)]+$/, ''), false, NO_NAME);
    }
  }

  #judge(text: string, isNumber: boolean, field: FieldName): void {
    if (text.length < 2) return;
    const scalar: Scalar = { text, isNumber, field };
    for (const { kind, finds } of DETECTORS) {
      if (!this.found.has(kind) && finds(scalar)) this.found.add(kind);
    }
  }
}

/** Numbers written in groups, else whatever stands between blanks, commas, brackets and quotes. */
const PARTS = /(?<![\w+-])\d{4}(?:[ -]\d{4,6}){2,3}(?:[ -]\d{3})?(?![\w-])|[^\s,;<>"'()]{6,}/g;

function isPlace(latitude: unknown, longitude: unknown): boolean {
  return (
    isScalar(latitude) &&
    isScalar(longitude) &&
    isCoordinate(String(latitude), 'latitude') &&
    isCoordinate(String(longitude), 'longitude')
  );
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
