import type { DataPath } from '../../base/data.ts';
import { type Fields, isFields } from '../../base/pick.ts';
import type { Position } from '../../base/text.ts';
import type { Places } from './manifest.ts';

/** Where a value comes from: a path in a document. */
export interface Origin {
  readonly places: Places;
  readonly path: DataPath;
}

type Step = string | number;

/** Children of merged collections that come from somewhere else than the collection itself. */
const FOREIGN = new WeakMap<object, Map<Step, Origin>>();

/** Notes that a child of a collection comes from elsewhere. */
export function noteOrigin(collection: object, step: Step, origin: Origin): void {
  const origins = FOREIGN.get(collection) ?? new Map<Step, Origin>();
  origins.set(step, origin);
  FOREIGN.set(collection, origins);
}

/** A shallow copy of a mapping that keeps what is noted of its children. */
export function copyOf(fields: Fields): Record<string, unknown> {
  return withOriginsOf(fields, { ...fields });
}

/** Each item changed, and what is noted of it kept. */
export function mapItems(
  list: readonly unknown[],
  change: (item: unknown) => unknown,
): readonly unknown[] {
  return withOriginsOf(list, list.map(change));
}

function withOriginsOf<Copy extends object>(original: object, copy: Copy): Copy {
  const origins = FOREIGN.get(original);
  if (origins) FOREIGN.set(copy, new Map(origins));
  return copy;
}

export function originOfChild(parent: unknown, origin: Origin, step: Step): Origin {
  const foreign =
    typeof parent === 'object' && parent !== null ? FOREIGN.get(parent)?.get(step) : undefined;
  return foreign ?? { places: origin.places, path: [...origin.path, step] };
}

/** Places of a value that was put together from several documents. */
export class MergedPlaces implements Places {
  readonly #value: unknown;
  readonly #origin: Origin;

  constructor(value: unknown, origin: Origin) {
    this.#value = value;
    this.#origin = origin;
  }

  get file(): string {
    return this.#origin.places.file;
  }

  at(path: DataPath): Position & { readonly file: string } {
    const { places, path: inside } = this.#follow(path);
    return { ...places.at(inside), file: places.file };
  }

  valueAt(path: DataPath): Position & { readonly file: string } {
    const { places, path: inside } = this.#follow(path);
    return { ...places.valueAt(inside), file: places.file };
  }

  #follow(path: DataPath): Origin {
    let origin = this.#origin;
    let value = this.#value;
    for (const step of path) {
      origin = originOfChild(value, origin, step);
      value =
        isFields(value) || Array.isArray(value)
          ? (value as Record<Step, unknown>)[step]
          : undefined;
    }
    return origin;
  }
}
