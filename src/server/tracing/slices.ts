import { setImmediate } from 'node:timers/promises';

/** Others get their turn after this long. */
const SLICE_MS = 8;

/** Rests whenever it has gone on for long, so that others get their turn.
 *  @param now in milliseconds
 *  @returns what the steps return, and how long it went on without its rests */
export async function inSlices<Step, Result>(
  steps: Iterator<Step, Result>,
  now: () => number = () => performance.now(),
  onStep: (step: Step) => void = () => {},
): Promise<{ readonly result: Result; readonly tookMs: number }> {
  let tookMs = 0;
  for (let began = now(); ; ) {
    const { done, value } = steps.next();
    const sliceMs = now() - began;
    if (done) return { result: value, tookMs: tookMs + sliceMs };
    onStep(value);
    if (sliceMs < SLICE_MS) continue;
    tookMs += sliceMs;
    await setImmediate();
    began = now();
  }
}
