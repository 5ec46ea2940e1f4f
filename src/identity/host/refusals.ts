import type { Clock } from '../../base/clock.ts';
import type { WorkloadCall } from '../workload-api/index.ts';

/** Workloads that got nothing, as they are told of. */
export interface ToldRefusal {
  /** Who asked, for people: `unix:path:/opt/orders, unix:uid:1000`, or `uid 1000`. */
  readonly who: string;
  /** Of the latest that asked. */
  readonly pid: number;
  readonly why: string;
  /** How many calls were refused for this since it was told of before. */
  readonly count: number;
}

/** What names a workload for people, if it is known. */
const NAMING = ['unix:path:', 'unix:uid:', 'k8s:ns:', 'k8s:sa:', 'k8s:pod-uid:', 'systemd:id:'];
const QUIET_MS = 60_000;
const MAX_KNOWN = 1_000;

/** Tells of refused workloads: of each the first time, and then once a minute while it goes on asking. */
export class Refusals {
  readonly #tell: (refusal: ToldRefusal) => void;
  readonly #clock: Clock;
  /** The longest unheard of first. */
  readonly #known = new Map<string, { toldAt: number; count: number }>();

  constructor(tell: (refusal: ToldRefusal) => void, clock: Clock) {
    this.#tell = tell;
    this.#clock = clock;
  }

  /** Takes note of a call; one that was served is none of its business. */
  hear({ peer, selectors, refusedFor: why }: WorkloadCall): void {
    if (why === undefined) return;
    const { pid, uid } = peer;
    const named = selectors.filter((selector) => NAMING.some((name) => selector.startsWith(name)));
    const who = named.length > 0 ? named.join(', ') : `uid ${uid}`;
    // pids differ with each try of the same program
    const key = `${who}\n${why.replaceAll(/\d+/g, '#')}`;
    const known = this.#known.get(key) ?? { toldAt: -Infinity, count: 0 };
    known.count++;
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#clock() - known.toldAt >= QUIET_MS) {
      this.#tell({ who, pid, why, count: known.count });
      known.toldAt = this.#clock();
      known.count = 0;
    }
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
  }
}
