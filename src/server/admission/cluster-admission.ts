import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { ReviewedChange } from '../../authorization/admission/index.ts';
import { Fault, messageOf } from '../../base/fault.ts';
import type { LiveState } from '../../sources/kubernetes/live/index.ts';
import type { AdmissionTerms, FromClusterProcess } from '../cluster-messages.ts';
import { auditApart } from './audit.ts';
import { AdmissionJudge, type FollowedObjects } from './judge.ts';
import type { Beside } from './known-state.ts';

export interface ClusterAdmissionPorts {
  readonly cluster: FollowedObjects & { readonly state: LiveState };
  readonly terms: AdmissionTerms & { readonly name: string; readonly environment: string };
  readonly give: (message: FromClusterProcess) => void;
}

/** Of the time that judging what is there takes, until it is judged again. */
const REST_RATIO = 4;

/** Judges objects in the process that follows their cluster: one after the other, those that nobody waits for any more
 *  left out. */
export class ClusterAdmission {
  readonly #ports: ClusterAdmissionPorts;
  readonly #judge: AdmissionJudge;
  readonly #waiting = new Map<number, ReviewedChange>();
  #isJudging = false;
  #isStanding = false;
  #isAuditWanted = false;
  #isAuditing = false;

  constructor(ports: ClusterAdmissionPorts) {
    this.#ports = ports;
    this.#judge = new AdmissionJudge(ports.cluster, ports.terms, Date.now);
  }

  changed(): void {
    this.#judge.changed();
    this.#isStanding = false;
  }

  know(beside: Beside): void {
    this.#judge.know(beside);
    this.#isStanding = false;
    this.audit();
  }

  review(id: number, change: ReviewedChange): void {
    this.#waiting.set(id, change);
    if (!this.#isJudging) void this.#judgeAll();
  }

  cancel(id: number): void {
    this.#waiting.delete(id);
  }

  /** Judges what is there already, where that has changed since; one judgement at a time. */
  audit(): void {
    this.#isAuditWanted = true;
    if (!this.#isAuditing) void this.#auditAll();
  }

  async #judgeAll(): Promise<void> {
    this.#isJudging = true;
    for (;;) {
      // who has given up meanwhile is heard, and what has changed is seen
      await turn();
      const next = this.#waiting.entries().next().value;
      if (!next) break;
      const [id, change] = next;
      this.#waiting.delete(id);
      this.#ports.give(this.#answer(id, change));
    }
    this.#isJudging = false;
  }

  #answer(id: number, change: ReviewedChange): FromClusterProcess {
    try {
      if (this.#ports.cluster.state.state === 'starting') {
        throw new Fault('cluster/unavailable', 'The cluster has not been read yet');
      }
      return { type: 'answer', id, value: this.#judge.judge(change) };
    } catch (thrown) {
      const code = thrown instanceof Fault ? thrown.code : 'cluster/review-failed';
      return { type: 'refusal', id, code, message: messageOf(thrown) };
    }
  }

  async #auditAll(): Promise<void> {
    this.#isAuditing = true;
    while (this.#isAuditWanted) {
      this.#isAuditWanted = false;
      if (this.#isStanding || this.#ports.cluster.state.state === 'starting') continue;
      this.#isStanding = true;
      try {
        const standing = await auditApart(this.#judge.state, this.#ports.terms);
        this.#ports.give({ type: 'standing', standing });
        await sleep(standing.seconds * REST_RATIO * 1_000, undefined, { ref: false });
      } catch {
        // what cannot be judged now is tried with the next change
        this.#isStanding = false;
      }
    }
    this.#isAuditing = false;
  }
}
