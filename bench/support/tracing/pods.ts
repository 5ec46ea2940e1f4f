import { MINUTE_MS, type Pod, type Workload } from './model.ts';
import type { Random } from './random.ts';
import { NOISE } from './settings.ts';

/** How long an address stays unused at least: as long as it takes to notice that its pod is gone. */
const REST_MS = 5 * MINUTE_MS;

interface Freed {
  readonly address: string;
  readonly at: number;
}

/** Pods with addresses. Pods come and go, and addresses of those that went are given to others. */
export class Pods {
  readonly #random: Random;
  readonly #free: Freed[] = [];
  #given = 0;
  /** How many addresses changed the workload that they are of. */
  reused = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Replaces what has lived long enough. */
  renew(workload: Workload, now: number): void {
    for (const [place, pod] of workload.pods.entries()) {
      if (pod.endsAt <= now) workload.pods[place] = this.#replace(pod, now);
    }
  }

  /** All pods are new: as a deployment does it. */
  rollOut(workload: Workload, now: number): void {
    workload.pods = workload.pods.map((pod) => this.#replace(pod, now));
  }

  start(workload: Workload, now: number): void {
    const count = 1 + Math.min(5, Math.floor(this.#random.exponential(1.6)));
    workload.pods = Array.from({ length: count }, () => this.#pod(now));
  }

  #replace(pod: Pod, now: number): Pod {
    this.#free.push({ address: pod.address, at: now });
    return this.#pod(now);
  }

  #pod(now: number): Pod {
    const endsAt = now + this.#random.exponential(NOISE.podLifeMs);
    return { address: this.#address(now), isCanary: false, endsAt };
  }

  #address(now: number): string {
    const place = this.#random.whole(0, Math.max(0, this.#free.length - 1));
    const freed = this.#free[place];
    if (freed && freed.at <= now - REST_MS && this.#random.chance(NOISE.addressReuse)) {
      this.#free.splice(place, 1);
      this.reused++;
      return freed.address;
    }
    const number = this.#given++;
    return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  }
}
