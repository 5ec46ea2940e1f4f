import type { SpanBatch } from '../../../src/estate/spans/index.ts';
import { Agenda } from './agenda.ts';
import type { Attack } from './attack.ts';
import { Attackers } from './attackers.ts';
import { drawCalls } from './calls.ts';
import { planAttacks } from './campaign.ts';
import { Changes } from './changes.ts';
import { Choice } from './choice.ts';
import { drawEstate } from './estate.ts';
import { History } from './history.ts';
import { planJobs } from './jobs.ts';
import { Known } from './known.ts';
import { DAY_MS, type Endpoint, type Estate, MINUTE_MS } from './model.ts';
import { newcomer } from './newcomer.ts';
import { Pods } from './pods.ts';
import { Random } from './random.ts';
import { Reports } from './reports.ts';
import { Requests } from './requests.ts';
import { busyness } from './rhythm.ts';
import { Rows } from './rows.ts';
import { USUAL, type WorldSettings } from './settings.ts';

const STEP_MS = 10 * MINUTE_MS;

export interface Told {
  /** When the batch comes in: milliseconds since 1970. */
  readonly now: number;
  readonly batch: SpanBatch;
  /** What names mean, and what is known of them, is another than before. */
  readonly isEstateChanged: boolean;
}

/** A generated estate, what goes on in it, and what is told of that. The same seed gives the same. */
export class World {
  readonly settings: WorldSettings;
  readonly estate: Estate;
  readonly history = new History();
  readonly pods: Pods;
  readonly changes: Changes;
  readonly known: Known;
  attacks: readonly Attack[] = [];
  readonly #random: Random;
  readonly #seed: number;
  readonly #agenda = new Agenda();
  readonly #rows = new Rows();
  readonly #reports: Reports;
  readonly #requests: Requests;
  readonly #attackers: Attackers;

  constructor(seed: number, settings: Partial<WorldSettings> = {}) {
    const random = new Random(seed, 1);
    this.#seed = seed;
    this.#random = random;
    this.settings = { ...USUAL, workloads: random.whole(140, 280), ...settings };
    const { startsAt } = this.settings;
    this.estate = drawEstate(random, this.settings.workloads, startsAt);
    drawCalls(this.estate);
    this.#reports = new Reports(new Random(seed, 2), this.#rows);
    this.#requests = new Requests(new Random(seed, 3), this.#reports, this.history);
    this.pods = new Pods(new Random(seed, 4));
    for (const workload of this.estate.workloads) this.pods.start(workload, startsAt);
    this.changes = new Changes(this.estate, this.#agenda, this.pods, this.#requests);
    this.changes.plan(startsAt);
    planJobs(this.estate, this.#agenda, this.#requests, startsAt);
    this.#attackers = new Attackers(this.#agenda, this.#requests);
    this.known = new Known(this.estate);
  }

  /** From here on it is judged. */
  get judgedFrom(): number {
    return this.settings.startsAt + this.settings.learningDays * DAY_MS;
  }
  get endsAt(): number {
    return this.judgedFrom + this.settings.judgedDays * DAY_MS;
  }

  /** Everything that is told, in the order in which it comes in. */
  *batches(): Generator<Told> {
    this.#agenda.add(this.judgedFrom, () => this.#planAttacks());
    for (let at = this.settings.startsAt; at < this.endsAt; at += STEP_MS) {
      const now = at + STEP_MS;
      for (const workload of this.estate.workloads) this.pods.renew(workload, at);
      this.#enter(at, now);
      yield { now, batch: this.#rows.take(), isEstateChanged: this.known.refresh() };
    }
    yield { now: this.endsAt + STEP_MS, batch: this.#rows.take(), isEstateChanged: false };
  }

  /** What comes in by the front doors, and whatever else happens meanwhile. */
  #enter(from: number, until: number): void {
    const doors = this.#doors();
    const weights = doors.map((door) => this.#weightOf(door));
    const usual = doors.reduce((sum, door) => sum + weightOf(door), 0);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const aStep = (this.settings.tracesADay * STEP_MS) / DAY_MS;
    const count = this.#random.poisson(aStep * busyness(from) * (total / usual));
    const times = Float64Array.from({ length: count }, () =>
      this.#random.between(from, until),
    ).sort();
    for (const at of times) {
      this.#agenda.runUntil(at);
      this.#requests.enter(
        this.#random.weighted(doors, (door) => this.#weightOf(door)),
        at,
      );
    }
    this.#agenda.runUntil(until);
  }

  #doors(): Endpoint[] {
    return this.estate.workloads
      .filter(({ exposure }) => exposure === 'internet')
      .flatMap(({ endpoints }) => endpoints);
  }

  #weightOf(door: Endpoint): number {
    return weightOf(door) * (this.changes.load.get(door.number) ?? 1);
  }

  #planAttacks(): void {
    const { learningDays, attacksOfAKind } = this.settings;
    const random = new Random(this.#seed, 5);
    const choice = new Choice(random, this.estate, this.history, learningDays);
    const tools = {
      reports: this.#reports,
      newcomer: (namespace: string) =>
        newcomer(random, this.estate, this.pods, namespace, this.judgedFrom),
    };
    this.attacks = planAttacks(choice, tools, attacksOfAKind, this.judgedFrom, this.endsAt);
    for (const attack of this.attacks) this.#attackers.start(attack);
  }
}

function weightOf({ popularity, workload }: Endpoint): number {
  return popularity * workload.popularity;
}
