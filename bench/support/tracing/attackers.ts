import type { Agenda } from './agenda.ts';
import type { Attack, Step } from './attack.ts';
import { HOUR_MS, type Workload } from './model.ts';
import type { Requests, Served } from './requests.ts';

/** How long an attacker waits for a request to go on from. */
const PATIENCE_MS = 4 * HOUR_MS;

interface Waiting {
  readonly attack: Attack;
  readonly place: number;
  readonly step: Step;
  readonly dueAt: number;
}

/** Carries attacks out, step by step, inside of ordinary traffic. */
export class Attackers {
  readonly #agenda: Agenda;
  readonly #requests: Requests;
  /** By the number of the workload whose next request is to be gone on from. */
  readonly #waiting = new Map<number, Waiting[]>();

  constructor(agenda: Agenda, requests: Requests) {
    this.#agenda = agenda;
    this.#requests = requests;
    requests.onServed = (served) => this.#onServed(served);
  }

  start(attack: Attack): void {
    this.#next(attack, 0, attack.startsAt);
  }

  #next(attack: Attack, place: number, after: number): void {
    const step = attack.steps[place];
    if (!step) return;
    const dueAt = after + step.afterMs;
    const waiting = { attack, place, step, dueAt };
    if (step.isByItself) {
      this.#agenda.add(dueAt, (at) => this.#make(waiting, this.#requests.begin(step.from, at)));
      return;
    }
    const queue = this.#waiting.get(step.from.number) ?? [];
    this.#waiting.set(step.from.number, [...queue, waiting]);
    this.#agenda.add(dueAt + PATIENCE_MS, (at) => {
      if (this.#leave(waiting)) this.#make(waiting, this.#requests.begin(step.from, at));
    });
  }

  #onServed(served: Served): void {
    if (this.#waiting.size === 0 || !served.isSampled) return;
    const due = this.#waiting.get(served.workload.number)?.find(({ dueAt }) => dueAt <= served.at);
    if (due && this.#leave(due)) this.#make(due, served);
  }

  #leave(waiting: Waiting): boolean {
    const { number } = waiting.step.from;
    const queue = this.#waiting.get(number) ?? [];
    const left = queue.filter((one) => one !== waiting);
    if (left.length > 0) this.#waiting.set(number, left);
    else this.#waiting.delete(number);
    return left.length < queue.length;
  }

  #make({ attack, place, step }: Waiting, from: Served): void {
    const { target, disguise, shownAs } = step;
    const at = from.at + 2;
    const asked = this.#requests.askDisguised(from, target, at, disguise);
    attack.hops.push({
      from: [...namesOf(step.from), ...(shownAs ? namesOf(shownAs) : [])],
      to: namesOf(target.workload),
      at,
      traceId: toHex(asked.trace),
    });
    this.#next(attack, place + 1, at);
  }
}

/** Ids under which a workload is told of; first its own. */
function namesOf({ id, namespace, name, calledItself }: Workload): string[] {
  return calledItself === name ? [id] : [id, `prod/${namespace}/${calledItself}`];
}

function toHex(words: Uint32Array): string {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString('hex');
}
