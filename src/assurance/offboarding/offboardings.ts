import { auditEntryOf } from '../../audit/index.ts';
import { type Clock, toTimestamp } from '../../base/clock.ts';
import { Fault, messageOf, quote } from '../../base/fault.ts';
import { stableId } from '../../base/ids.ts';
import type { DocumentStore, NewAuditEntry, StoredDocument } from '../../estate/index.ts';
import {
  type Asking,
  Offboarding,
  type OffboardingPlan,
  type Retired,
  type Retirer,
  type Step,
} from './model.ts';
import { leavingOf, planOf, stepsOf } from './plan.ts';

export interface OffboardingParts {
  readonly store: DocumentStore;
  /** In the order in which they are asked. */
  readonly retirers: readonly Retirer[];
  /** Ids of the services that are meant.
   *  @throws {Fault} `offboarding/retired-not-found` */
  readonly servicesOf: (retired: Retired) => Promise<readonly string[]>;
  /** Told of the ids of all services that are retired, whenever they may have changed. */
  readonly onRetired: (services: ReadonlySet<string>) => void;
  readonly clock: Clock;
  readonly warn: (message: string, thrown: unknown) => void;
}

export interface OffboardingView extends Offboarding {
  /** What is left. */
  readonly left: readonly Step[];
}

const KIND = 'offboarding';

/** Retires services and teams: shows what that takes, does what was shown, and looks whether anything is left. What is
 *  begun is durable, and gone on with after a restart.
 *  @throws {Fault} from every method: `estate/unavailable` */
export class Offboardings {
  readonly #parts: OffboardingParts;
  /** One after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: OffboardingParts) {
    this.#parts = parts;
  }

  /** What would be done. Nothing is.
   *  @throws {Fault} `offboarding/retired-not-found` */
  async plan(retired: Retired): Promise<OffboardingPlan> {
    const services = await this.#parts.servicesOf(retired);
    return planOf(retired, services, await this.#left(retired, services));
  }

  /** Does what a plan has shown.
   *  @throws {Fault} `offboarding/plan-conflict` where it would be another one by now */
  async begin(retired: Retired, digest: string, by: Asking): Promise<OffboardingView> {
    const plan = await this.plan(retired);
    if (plan.digest !== digest) {
      throw new Fault(
        'offboarding/plan-conflict',
        'What is to be done has changed since it was shown',
        {
          hint: 'look at the plan again',
        },
      );
    }
    const id = stableId('offboarding', retired.kind, retired.name);
    const now = this.#parts.clock();
    const offboarding: Offboarding = {
      ...{ id, retired, services: [...plan.services], startedAt: toTimestamp(now) },
      ...{ by: by.actor, reason: by.reason, verifiedAt: null },
    };
    const said = { kind: retired.kind, services: plan.services, digest };
    const entry = auditEntryOf('offboarding.begin', retired.name, said, { ...by, now });
    return this.#inTurn(async () => {
      const stored = await this.#parts.store.document(KIND, id);
      await this.#keep(offboarding, stored?.version ?? 0, entry);
      await this.#tell();
      return this.#goOn(offboarding);
    });
  }

  /** The newest first. */
  async list(): Promise<readonly OffboardingView[]> {
    const all = await this.#all();
    const sorted = all.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
    return Promise.all(sorted.map((one) => this.#view(one)));
  }

  /** @throws {Fault} `offboarding/offboarding-not-found` */
  async get(id: string): Promise<OffboardingView> {
    return this.#view(Offboarding.parse((await this.#stored(id)).body));
  }

  /** Takes it back: the services may have identities and secrets again. What was revoked stays revoked.
   *  @throws {Fault} `offboarding/offboarding-not-found` */
  async cancel(id: string, by: Asking): Promise<void> {
    await this.#inTurn(async () => {
      const { version, body } = await this.#stored(id);
      const { retired } = Offboarding.parse(body);
      const who = { ...by, now: this.#parts.clock() };
      const entry = auditEntryOf('offboarding.cancel', retired.name, { kind: retired.kind }, who);
      await this.#parts.store.amend([{ kind: KIND, id, version, body: undefined }], [entry]);
      await this.#tell();
    });
  }

  /** Goes on with all that something is left of, and looks again at what was verified: something may have come back. */
  resume(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#tell();
      for (const one of await this.#all()) await this.#look(one);
    });
  }

  /** One that cannot be looked at holds up no other. */
  async #look(offboarding: Offboarding): Promise<void> {
    try {
      await this.#goOn(offboarding);
    } catch (thrown) {
      const { kind, name } = offboarding.retired;
      this.#parts.warn(`Not looked at: ${kind} ${name}: ${messageOf(thrown)}`, thrown);
    }
  }

  /** Ids of all services that are retired. */
  async services(): Promise<ReadonlySet<string>> {
    return new Set((await this.#all()).flatMap((one) => one.services));
  }

  async #tell(): Promise<void> {
    this.#parts.onRetired(await this.services());
  }

  async #goOn(offboarding: Offboarding): Promise<OffboardingView> {
    const { retired, services } = offboarding;
    let left = await this.#left(retired, services);
    if (left.some((step) => this.#retirerOf(step))) {
      for (const step of left) await this.#retire(step, offboarding);
      left = await this.#left(retired, services);
    }
    return { ...(await this.#verified(offboarding, left.length === 0)), left };
  }

  /** Who does a step; undefined: people do, or it is under way. */
  #retirerOf({ kind, isByHand, isUnderWay }: Step): Retirer | undefined {
    if (isByHand || isUnderWay) return undefined;
    return this.#parts.retirers.find((one) => one.kind === kind);
  }

  async #retire(step: Step, { retired, services, by, reason }: Offboarding): Promise<void> {
    const { kind, id } = step;
    try {
      await this.#retirerOf(step)?.retire?.(id, leavingOf(retired, services), {
        actor: by,
        reason,
      });
    } catch (thrown) {
      this.#parts.warn(`Not retired yet: ${kind} ${id}: ${messageOf(thrown)}`, thrown);
    }
  }

  async #verified(before: Offboarding, isDone: boolean): Promise<Offboarding> {
    if (isDone === (before.verifiedAt !== null)) return before;
    const now = this.#parts.clock();
    const after = { ...before, verifiedAt: isDone ? toTimestamp(now) : null };
    const { name, kind } = before.retired;
    const who = { actor: 'reeve', reason: before.reason, now };
    const action = isDone ? 'offboarding.verify' : 'offboarding.reopen';
    const stored = await this.#parts.store.document(KIND, before.id);
    // what another process has taken back meanwhile stays so
    if (!stored) return before;
    await this.#keep(after, stored.version, auditEntryOf(action, name, { kind }, who));
    return after;
  }

  async #view(offboarding: Offboarding): Promise<OffboardingView> {
    const { retired, services } = offboarding;
    return { ...offboarding, left: await this.#left(retired, services) };
  }

  #left(retired: Retired, services: readonly string[]): Promise<Step[]> {
    return stepsOf(leavingOf(retired, services), this.#parts.retirers);
  }

  async #all(): Promise<Offboarding[]> {
    const documents = await this.#parts.store.documents(KIND);
    return documents.map(({ body }) => Offboarding.parse(body));
  }

  async #stored(id: string): Promise<StoredDocument> {
    const stored = await this.#parts.store.document(KIND, id);
    if (stored) return stored;
    throw new Fault('offboarding/offboarding-not-found', `There is no ${quote(id, 120)}`, {
      hint: '`reeve offboard list` has all of them',
    });
  }

  async #keep(body: Offboarding, version: number, entry: NewAuditEntry): Promise<void> {
    await this.#parts.store.amend([{ kind: KIND, id: body.id, version, body }], [entry]);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work, work);
    this.#turn = result;
    return result;
  }
}
