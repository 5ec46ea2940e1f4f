import { type Fields, textAt } from '../../../base/pick.ts';
import type { ApiResource } from './discovery.ts';
import { type KeepLimits, type Kept, keep, keyOf, type NotKept } from './kept.ts';

/** Bounds of what is kept of one cluster. */
export interface ObjectLimits extends KeepLimits {
  readonly maxObjects: number;
  readonly maxBytes: number;
}

export const DEFAULT_OBJECT_LIMITS: ObjectLimits = {
  maxObjects: 200_000,
  maxBytes: 512 * 1_048_576,
  maxObjectBytes: 2 * 1_048_576,
  maxDepth: 100,
};

/** What was left out, by why. */
export type LeftOut = Exclude<NotKept, 'unneeded'> | 'too-many';

/** Counts what all collections of a cluster keep together. */
export class Budget {
  readonly limits: ObjectLimits;
  objects = 0;
  bytes = 0;

  constructor(limits: ObjectLimits) {
    this.limits = limits;
  }

  /** Whether there is room for one more. */
  spend(bytes: number): boolean {
    const { maxObjects, maxBytes } = this.limits;
    if (this.objects >= maxObjects || this.bytes + bytes > maxBytes) return false;
    this.objects += 1;
    this.bytes += bytes;
    return true;
  }

  free(bytes: number): void {
    this.objects -= 1;
    this.bytes -= bytes;
  }
}

export interface CollectedPorts {
  readonly resource: ApiResource;
  readonly budget: Budget;
  /** Something that is kept has come, gone or become another. */
  onChange(): void;
  /** Something else has changed that a status tells. */
  onState(): void;
}

/** What is kept of one collection. */
export class Collected {
  readonly #ports: CollectedPorts;
  #kept = new Map<string, Kept>();
  /** By why, since it was last listed. */
  readonly leftOut = new Map<LeftOut, { count: number; example: string }>();

  constructor(ports: CollectedPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** By `NAMESPACE/NAME`. */
  get(key: string): Kept | undefined {
    return this.#kept.get(key);
  }

  *values(): Generator<Fields> {
    for (const { value } of this.#kept.values()) yield value;
  }

  begin(): void {
    this.leftOut.clear();
  }

  take(object: unknown): Kept | undefined {
    const { resource, budget } = this.#ports;
    const kept = keep(object, resource, budget.limits);
    if (typeof kept !== 'string') return kept;
    if (kept !== 'unneeded') this.#leaveOut(kept, textAt(object, 'metadata', 'name') ?? '');
    return undefined;
  }

  replace(items: readonly Kept[]): void {
    const before = this.#kept;
    this.#kept = new Map();
    for (const { bytes } of before.values()) this.#ports.budget.free(bytes);
    for (const item of items) this.#add(item);
    const isSame =
      before.size === this.#kept.size &&
      [...this.#kept].every(([key, { digest }]) => before.get(key)?.digest === digest);
    if (!isSame) this.#ports.onChange();
  }

  /** An object that nothing is kept of any more is gone. */
  put(item: Kept | undefined, object: unknown): void {
    const key = item?.key ?? keyOf(object);
    const before = this.#kept.get(key);
    if (before?.digest === item?.digest) return;
    this.#drop(key);
    if (item) this.#add(item);
    this.#ports.onChange();
  }

  remove(object: unknown): void {
    if (this.#drop(keyOf(object))) this.#ports.onChange();
  }

  malformed(): void {
    this.#leaveOut('malformed', '');
  }

  changed(): void {
    this.#ports.onState();
  }

  /** Gives everything up, with the collection. */
  clear(): void {
    const { size } = this.#kept;
    for (const key of [...this.#kept.keys()]) this.#drop(key);
    if (size > 0) this.#ports.onChange();
  }

  #add(item: Kept): void {
    this.#drop(item.key);
    if (this.#ports.budget.spend(item.bytes)) this.#kept.set(item.key, item);
    else this.#leaveOut('too-many', item.key);
  }

  #drop(key: string): boolean {
    const kept = this.#kept.get(key);
    if (kept) this.#ports.budget.free(kept.bytes);
    return this.#kept.delete(key);
  }

  #leaveOut(why: LeftOut, example: string): void {
    const known = this.leftOut.get(why);
    if (known) known.count += 1;
    else this.leftOut.set(why, { count: 1, example: example.slice(0, 253) });
    this.#ports.onState();
  }
}
