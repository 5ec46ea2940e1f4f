import { parentPort, workerData } from 'node:worker_threads';
import { standingViolations } from '../../authorization/admission/index.ts';
import type { CheckOptions, State } from '../../authorization/check/index.ts';

/** Judges one state in a thread, and tells what is wrong with it. */
const { state, options } = workerData as { readonly state: State; readonly options: CheckOptions };
parentPort?.postMessage(standingViolations(state, options));
