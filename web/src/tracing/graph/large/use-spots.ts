import { useEffect, useState } from 'react';
import type { Columns } from './columns.ts';
import type { Spots } from './map/arrange.ts';
import type { Arranged, Asked } from './map/arrange-worker.ts';
import { keptSpots, type Spot } from './map/keep.ts';

/** A map of services: what is drawn, once there are places. */
export interface Placed {
  readonly columns: Columns;
  readonly spots: Spots;
  /** How much of the map is done, 0 to 1. */
  readonly share: number;
  /** Another number for another map, on which nobody stands where he stood. */
  readonly map: number;
}

/** As long as the page is open: who comes back finds the map as it was. */
const kept = new Map<string, Spot>();
let maps = 0;

/** Where services stand. What was drawn stays where it is; a new map is drawn beside the page, in a worker. */
export function useSpots(columns: Columns): Placed | undefined {
  const [placed, setPlaced] = useState<Placed>();
  useEffect(() => {
    const spots = keptSpots(columns.ids, columns, kept);
    if (spots) {
      setPlaced({ columns, spots: keep(columns, spots), share: 1, map: maps });
      return;
    }
    const map = ++maps;
    const worker = new Worker(new URL('./map/arrange-worker.ts', import.meta.url), {
      type: 'module',
    });
    worker.addEventListener('message', ({ data }: MessageEvent<Arranged>) => {
      setPlaced({ columns, ...data, map });
      if (data.share < 1) return;
      worker.terminate();
      kept.clear();
      keep(columns, data.spots);
    });
    const { ids, from, to } = columns;
    worker.postMessage({ ids, calls: { from, to } } satisfies Asked);
    return () => worker.terminate();
  }, [columns]);
  return placed;
}

function keep({ ids }: Columns, spots: Spots): Spots {
  for (const [place, id] of ids.entries()) {
    kept.set(id, [spots[2 * place] ?? 0, spots[2 * place + 1] ?? 0]);
  }
  return spots;
}
