import { Fault } from '../../../base/fault.ts';
import type { SecretAccess, WantedSecret } from '../../../secrets/access/index.ts';
import type { Caller } from '../../../secrets/dynamic/index.ts';
import type { SecretValue } from '../../../secrets/model/index.ts';
import type { Asker } from './answer.ts';
import { leaseWishOf, type Question, renewalOf } from './question.ts';

/** A short-lived user, as its holder is told of it. */
interface HeldLease {
  readonly id: string;
  readonly expiresAt: string;
  /** It is not renewed beyond. */
  readonly endsAt: string;
}

/** Makes short-lived users for workloads: `DynamicCredentials`. */
export interface LeasePort {
  ask(
    role: string,
    caller: Caller,
    ttlSeconds?: number,
  ): Promise<{ readonly lease: HeldLease; readonly value: SecretValue }>;
  renew(id: string, caller: Caller, ttlSeconds?: number): Promise<HeldLease>;
  release(id: string, caller: Caller): Promise<HeldLease>;
  get(id: string): Promise<{ readonly role: string; readonly service: string }>;
}

type LeaseQuestion = Exclude<Question, { readonly ask: 'read' | 'watch' | 'verify' }>;

/** Leases of short-lived users, for workloads whose declarations list the role as they list secrets. */
export class LeaseDesk {
  readonly #leases: LeasePort;
  readonly #access: SecretAccess;

  constructor(leases: LeasePort, access: SecretAccess) {
    this.#leases = leases;
    this.#access = access;
  }

  /** @throws {Fault} `secrets/read-forbidden/…`; those of `DynamicCredentials` */
  async answer(
    question: LeaseQuestion,
    asker: Asker,
    body: () => Promise<unknown>,
  ): Promise<unknown> {
    if (question.ask === 'lease') return this.#give(leaseWishOf(await body()), asker);
    const caller = await this.#holder(question.lease, asker);
    if (question.ask === 'release') {
      await this.#leases.release(question.lease, caller);
      return {};
    }
    const { ttlSeconds } = renewalOf(await body());
    return toAnswer(await this.#leases.renew(question.lease, caller, ttlSeconds));
  }

  async #give(
    {
      role,
      service,
      ttlSeconds,
    }: { role: string; ttlSeconds?: number | undefined } & Pick<WantedSecret, 'service'>,
    asker: Asker,
  ): Promise<unknown> {
    const wanted = { name: role, service };
    const { caller, id } = await this.#access.find(asker.workload, wanted, 'lease');
    const { lease, value } = await this.#leases.ask(id, callerOf(asker, caller), ttlSeconds);
    return { ...toAnswer(lease), role: id, value };
  }

  /** Who asks, as the service that the lease was given to. */
  async #holder(id: string, asker: Asker): Promise<Caller> {
    const { service } = await this.#leases.get(id);
    if (asker.workload.services.includes(service)) return callerOf(asker, service);
    throw new Fault('secrets/lease-forbidden', 'The lease is that of another service');
  }
}

const callerOf = ({ proved }: Asker, service: string): Caller => ({
  ...{ spiffeId: proved.id.uri, service, svidEndsAt: proved.expiresAt },
});

const toAnswer = ({ id, expiresAt, endsAt }: HeldLease) => ({ id, expiresAt, endsAt });
