import { canonicalJson } from '../../estate/index.ts';
import type { Feedback } from './model.ts';
import type { FeedbackPort } from './ports.ts';

/** What the detector has learnt of what people say: each once, whoever said it, here or at another server. */
export class Lessons {
  readonly #detector: FeedbackPort;
  readonly #learnt = new Map<string, Feedback>();

  constructor(detector: FeedbackPort) {
    this.#detector = detector;
  }

  /** What holds of an incident from now on; null: nothing. */
  set(incident: string, now: Feedback | null): void {
    const before = this.#learnt.get(incident);
    if (canonicalJson(before ?? null) === canonicalJson(now)) return;
    if (before) this.#detector.forget(before);
    this.#learnt.delete(incident);
    if (now === null) return;
    this.#learnt.set(incident, now);
    this.#detector.learn(now);
  }

  /** All anew. */
  load(feedback: readonly Feedback[]): void {
    const now = new Map(feedback.map((one) => [one.id, one]));
    for (const id of [...this.#learnt.keys()]) if (!now.has(id)) this.set(id, null);
    for (const [id, one] of now) this.set(id, one);
  }
}
