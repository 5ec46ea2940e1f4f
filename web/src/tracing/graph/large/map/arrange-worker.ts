import { arrange, type Calls } from './arrange.ts';

/** What the worker is asked for. */
export interface Asked {
  readonly ids: readonly string[];
  readonly calls: Calls;
}

/** What it answers, several times: how much is done, 0 to 1, and where services stand by now. */
export interface Arranged {
  readonly share: number;
  readonly spots: Float32Array;
}

/** Between two answers: each is drawn, and drawing is dear. */
const TELL_MS = 3_000;

addEventListener('message', ({ data: { ids, calls } }: MessageEvent<Asked>) => {
  const spots = new Float32Array(2 * ids.length);
  let told = performance.now();
  for (const share of arrange(ids, calls, spots)) {
    if (performance.now() - told < TELL_MS) continue;
    told = performance.now();
    postMessage({ share, spots } satisfies Arranged);
  }
  postMessage({ share: 1, spots } satisfies Arranged);
});
