import type { Agenda } from './agenda.ts';
import { drawCallee, drawCallsOf, toCall } from './calls.ts';
import { addEndpoint } from './endpoints.ts';
import { addWorkload, joinAccount } from './estate.ts';
import { type Endpoint, type Estate, HOUR_MS, MINUTE_MS, type Workload } from './model.ts';
import type { Pods } from './pods.ts';
import type { Requests } from './requests.ts';
import { untilNext } from './rhythm.ts';
import { NOISE } from './settings.ts';

/** What happens to an estate all the time: deployments, new workloads, accounts that change, and troubles. */
export class Changes {
  readonly #estate: Estate;
  readonly #agenda: Agenda;
  readonly #pods: Pods;
  readonly #requests: Requests;
  /** How much more than usual is asked for, by the number of an endpoint of the front door. */
  readonly load = new Map<number, number>();
  /** What happened, and how often. */
  readonly counts = new Map<string, number>();

  constructor(estate: Estate, agenda: Agenda, pods: Pods, requests: Requests) {
    this.#estate = estate;
    this.#agenda = agenda;
    this.#pods = pods;
    this.#requests = requests;
  }

  plan(startsAt: number): void {
    const kinds: [rate: number, happens: (at: number) => void][] = [
      [NOISE.deployments, (at) => this.#deploy(at)],
      [NOISE.newWorkloads, (at) => this.#addWorkload(at)],
      [NOISE.accountChanges, (at) => this.#changeAccount(at)],
      [NOISE.credentialBursts, (at) => this.#trouble(at, 'credentials', [401, 403])],
      [NOISE.badRequestBursts, (at) => this.#trouble(at, 'bad requests', [400, 404, 409])],
      [NOISE.loadBursts, (at) => this.#burst(at)],
    ];
    for (const [rate, happens] of kinds) this.#repeat(startsAt, rate, happens);
  }

  #repeat(startsAt: number, rate: number, happens: (at: number) => void): void {
    const aDay = (rate * this.#estate.workloads.length) / 100;
    const run = (at: number): void => {
      happens(at);
      this.#agenda.add(at + untilNext(this.#estate.random, at, aDay), run);
    };
    this.#agenda.add(startsAt + untilNext(this.#estate.random, startsAt, aDay), run);
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** A new release of some workload: some are changed every day, most seldom. */
  #deploy(at: number): void {
    const { random, workloads } = this.#estate;
    const workload = random.weighted(workloads, ({ popularity }) => popularity);
    const isVisible = random.chance(NOISE.versionVisible);
    const isKnown = random.chance(NOISE.deploymentKnown);
    if (random.chance(NOISE.deploymentsWithNewCalls))
      this.#addCall(workload, at, isVisible || isKnown);
    this.#count('deployments');
    if (isKnown) workload.changedAt = at;
    const first = workload.pods[0];
    if (first && isVisible && random.chance(NOISE.canaries)) {
      first.isCanary = true;
      this.#agenda.add(at + random.between(HOUR_MS, 4 * HOUR_MS), (later) =>
        this.#release(workload, later, true),
      );
    } else this.#release(workload, at, isVisible);
  }

  #release(workload: Workload, at: number, isVisible: boolean): void {
    if (isVisible) workload.release++;
    this.#pods.rollOut(workload, at);
  }

  /** From now on, something leads to a call that it never led to before. */
  #addCall(workload: Workload, at: number, isSeen: boolean): void {
    const { random } = this.#estate;
    const callee = drawCallee(this.#estate, workload);
    if (workload.tier >= callee.tier) return;
    const target = random.chance(0.25) ? this.#newEndpoint(callee) : random.pick(callee.endpoints);
    const from = random.weighted(workload.endpoints, ({ popularity }) => popularity);
    from.calls.push(toCall(random, target, random.magnitude(-2.5, -0.3)));
    const isDeclared = workload.isGoverned && random.chance(NOISE.newCallDeclared);
    if (isDeclared) {
      workload.declared.add(target.number);
      workload.changedAt = at;
    }
    this.#count('new calls');
    if (!isDeclared && !isSeen) this.#count('new calls that nothing tells of');
  }

  #newEndpoint(workload: Workload): Endpoint {
    const number = workload.endpoints.length;
    if (workload.kind === 'datastore') return this.#estate.random.pick(workload.endpoints);
    return addEndpoint(this.#estate, workload, {
      protocol: 'http',
      method: 'POST',
      template: `/v2/changes-${number}`,
      sensitivity: [],
      popularity: 0.05,
    });
  }

  #addWorkload(at: number): void {
    const { random, workloads } = this.#estate;
    const like = random.pick(workloads);
    const workload = addWorkload(this.#estate, {
      tier: Math.max(2, like.tier),
      namespace: like.namespace,
      bornAt: at,
      isVouchedFor: random.chance(NOISE.newWorkloadsVouchedFor),
    });
    if (workload.isVouchedFor) workload.changedAt = at;
    this.#pods.start(workload, at);
    drawCallsOf(this.#estate, workload);
    const callers = workloads.filter(({ tier }) => tier > 0 && tier < workload.tier);
    for (let count = random.whole(1, 3); count > 0; count--) {
      const caller = random.pick(callers);
      const target = random.pick(workload.endpoints);
      random
        .pick(caller.endpoints)
        .calls.push(toCall(random, target, random.magnitude(-1.5, -0.3)));
      if (caller.isGoverned && random.chance(NOISE.newCallDeclared)) {
        caller.declared.add(target.number);
        caller.changedAt = at;
      }
    }
    // Most of them come to do something, too, and not only when they are asked.
    const call = random.pick(workload.endpoints).calls[0];
    if (call) this.#work(workload, call.target, at);
    this.#count(workload.isVouchedFor ? 'new workloads' : 'new workloads that nobody vouches for');
  }

  #work(workload: Workload, target: Endpoint, at: number): void {
    const run = (now: number): void => {
      this.#requests.ask(this.#requests.begin(workload, now), { target, isMessage: false }, now);
      this.#agenda.add(now + this.#estate.random.exponential(3 * HOUR_MS), run);
    };
    this.#agenda.add(at + this.#estate.random.exponential(HOUR_MS), run);
  }

  /** It leaves the account that it shares, or is given another name. */
  #changeAccount(at: number): void {
    const { random, workloads } = this.#estate;
    const workload = random.pick(workloads.filter(({ account }) => account !== null));
    const old = workload.account;
    if (!old) return;
    if (old.users.length === 1) this.#rename(workload);
    else {
      old.users.splice(old.users.indexOf(workload), 1);
      joinAccount(this.#estate, workload, true);
    }
    this.#release(workload, at, true);
    this.#count('accounts changed');
  }

  #rename(workload: Workload): void {
    const principal = `spiffe://estate.example/ns/${workload.namespace}/sa/${workload.name}-${workload.release}`;
    const account = { principal, users: [workload] };
    this.#estate.accounts.push(account);
    workload.account = account;
  }

  #trouble(at: number, what: string, statuses: readonly number[]): void {
    const { random, workloads } = this.#estate;
    const caller = random.pick(workloads.filter(({ tier }) => tier < 4));
    const targets = caller.endpoints.flatMap(({ calls }) => calls.map(({ target }) => target));
    if (targets.length === 0) return;
    const callee = random.pick(targets).workload;
    const until = at + random.between(10 * MINUTE_MS, 90 * MINUTE_MS);
    const share = random.between(0.5, 1);
    const trouble = { status: random.pick(statuses), share, until };
    this.#requests.troubles.set(`${caller.number} ${callee.number}`, trouble);
    this.#agenda.add(until, () =>
      this.#requests.troubles.delete(`${caller.number} ${callee.number}`),
    );
    this.#count(`bursts of ${what}`);
  }

  #burst(at: number): void {
    const { random, workloads } = this.#estate;
    const doors = workloads.filter(({ exposure }) => exposure === 'internet');
    const endpoint = random.pick(random.pick(doors).endpoints);
    this.load.set(endpoint.number, random.between(3, 12));
    this.#agenda.add(at + random.between(10 * MINUTE_MS, HOUR_MS), () =>
      this.load.delete(endpoint.number),
    );
    this.#count('bursts of load');
  }
}
