import {
  type AdmissionConfig,
  EXEMPT,
  exemption,
  type Judgement,
  objectToJudge,
  type Review,
  type ReviewedChange,
  type Unjudged,
  unjudged,
  type Verdict,
  verdictOf,
} from '../../authorization/admission/index.ts';
import { Fault } from '../../base/fault.ts';
import type { Log } from '../../base/log.ts';

export interface DeciderPorts {
  readonly config: AdmissionConfig;
  /** What an object would newly allow in a cluster.
   *  @throws {Fault} `cluster/…` */
  readonly judge: (
    cluster: string,
    change: ReviewedChange,
    signal: AbortSignal,
  ) => Promise<Judgement>;
  /** Told what became of each review, and how long that took. Why: of those that were not judged. */
  readonly onDecided: (outcome: Verdict['outcome'], seconds: number, why?: Unjudged) => void;
  readonly log: Log;
}

/** Before the API server gives up: for the way there and back. */
const MARGIN_MS = 500;
const MARGIN_SHARE = 0.1;

/** Decides about reviews, each in time: what cannot be judged by then is answered as the configuration says. */
export class Decider {
  readonly #ports: DeciderPorts;
  readonly #maxMs: number;
  #waiting = 0;

  constructor(ports: DeciderPorts) {
    const { timeoutSeconds } = ports.config;
    this.#ports = ports;
    this.#maxMs = waitMsOf(timeoutSeconds);
  }

  /** Never rejects.
   *  @param timeoutSeconds how long this API server waits, where it says so */
  async decide(cluster: string, review: Review, timeoutSeconds?: number): Promise<Verdict> {
    const { config, onDecided, log } = this.#ports;
    const begunAt = performance.now();
    const waitMs = Math.min(this.#maxMs, waitMsOf(timeoutSeconds ?? config.timeoutSeconds));
    const { verdict, why } = await this.#judged(cluster, review, waitMs);
    const seconds = (performance.now() - begunAt) / 1_000;
    onDecided(verdict.outcome, seconds, why);
    // what is only tried leaves no trace
    if (!review.dryRun && (verdict.outcome === 'denied' || verdict.outcome === 'unjudged')) {
      const { operation, kind, namespace, name } = review;
      const { outcome, allowed, message } = verdict;
      log.warn(
        { cluster, operation, kind, namespace, name, outcome, allowed, why, message },
        'admission',
      );
    }
    return verdict;
  }

  async #judged(
    cluster: string,
    review: Review,
    waitMs: number,
  ): Promise<{ readonly verdict: Verdict; readonly why?: Unjudged }> {
    const { config, judge, log } = this.#ports;
    if (exemption(review, config)) return { verdict: EXEMPT };
    const not = (why: Unjudged) => ({ verdict: unjudged(why, config.onTimeout), why });
    if (this.#waiting >= config.maxWaiting) return not('busy');
    this.#waiting += 1;
    const signal = AbortSignal.timeout(waitMs);
    try {
      return { verdict: verdictOf(await judge(cluster, toChange(review, config), signal), config) };
    } catch (thrown) {
      if (signal.aborted) return not('late');
      if (thrown instanceof Fault && thrown.code === 'cluster/unavailable')
        return not('unavailable');
      log.error({ cluster, err: thrown }, 'an object could not be judged');
      return not('failed');
    } finally {
      this.#waiting -= 1;
    }
  }
}

function waitMsOf(timeoutSeconds: number): number {
  const allMs = timeoutSeconds * 1_000;
  return Math.max(100, allMs - Math.max(MARGIN_MS, allMs * MARGIN_SHARE));
}

/** What the judgement needs of a review, and nothing of who asked. */
function toChange(review: Review, config: AdmissionConfig): ReviewedChange {
  const { group, version, kind, plural, namespace, name } = review;
  return { group, version, kind, plural, namespace, name, object: objectToJudge(review, config) };
}
