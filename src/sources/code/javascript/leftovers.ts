import type { RouterId, RouterModelBuilder } from '../routes.ts';
import type { Value } from './values.ts';

/** What functions did that ran although no file had called them, so that it can be undone when another
 *  of them calls one after all. */
export class Leftovers {
  readonly #notes = new Map<string, { made: ReadonlySet<RouterId>; isGuessed: boolean }>();

  /** A function made these routers; `isGuessed` where a parameter was taken for one of them. */
  note(key: string, made: ReadonlySet<RouterId>, isGuessed: boolean): void {
    this.#notes.set(key, { made, isGuessed });
  }

  /** The function is about to do the same again to the right router. A guess stands until a call
   *  brings a router in its place. */
  withdraw(key: string, values: readonly Value[], model: RouterModelBuilder): void {
    const note = this.#notes.get(key);
    if (note === undefined) return;
    if (note.isGuessed && !values.some(({ kind }) => kind === 'router')) return;
    this.#notes.delete(key);
    keepOnly(model.routers, ({ id }) => !note.made.has(id));
    keepOnly(model.routes, ({ router }) => !note.made.has(router));
    keepOnly(model.mounts, ({ parent }) => !note.made.has(parent));
  }
}

function keepOnly<T>(items: T[], isKept: (item: T) => boolean): void {
  const kept = items.filter(isKept);
  items.length = 0;
  for (const item of kept) items.push(item);
}
