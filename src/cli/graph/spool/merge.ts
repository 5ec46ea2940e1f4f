import type { RunReader } from './run.ts';

/** Goes through rows of several runs by time; of one time, those of earlier runs first. Each is good until the next.  */
export function* merged(runs: readonly RunReader[]): Generator<RunReader> {
  const heap: { readonly reader: RunReader; readonly order: number }[] = [];
  const isBefore = (a: number, b: number): boolean => {
    const [one, other] = [heap[a], heap[b]];
    if (one === undefined || other === undefined) return one !== undefined;
    const apart = one.reader.start - other.reader.start;
    return apart === 0 ? one.order < other.order : apart < 0;
  };
  const sink = (at: number): void => {
    for (let place = at; ; ) {
      const left = place * 2 + 1;
      const least = isBefore(left + 1, left) ? left + 1 : left;
      const [own, below] = [heap[place], heap[least]];
      if (own === undefined || below === undefined || !isBefore(least, place)) return;
      heap[place] = below;
      heap[least] = own;
      place = least;
    }
  };
  for (const [order, reader] of runs.entries()) if (reader.next()) heap.push({ reader, order });
  for (let place = heap.length >> 1; place >= 0; place--) sink(place);
  for (let top = heap[0]; top !== undefined; top = heap[0]) {
    yield top.reader;
    if (!top.reader.next()) {
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) heap[0] = last;
    }
    sink(0);
  }
}
