import { auditEntryOf } from '../../audit/index.ts';
import { type Clock, toTimestamp } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import type { SecretValue } from '../model/index.ts';
import { Admission, type Caller, expiryOf, whyForbidden } from './admission.ts';
import type { DynamicConfig, LeasePolicy } from './config.ts';
import { Gate } from './gate.ts';
import type { LeaseKeeping } from './keeping.ts';
import { isLive } from './lifecycle.ts';
import type { Lease, LeaseEvent, Role } from './model.ts';
import type { LeaseMoment } from './runner.ts';
import { type AtTarget, orUnavailable, type Targets } from './targets.ts';
import { drawName, drawUsername } from './usernames.ts';

const SECOND = 1_000;
const LEASE_ID = 24;

export interface GivingParts {
  readonly config: DynamicConfig;
  readonly policy: LeasePolicy;
  readonly leases: LeaseKeeping;
  readonly targets: Targets;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
  /** Names the process. */
  readonly holder: string;
  /** Why a workload gets nothing though its SVID verified: it was revoked, or its service retired. Asked again once the
   *  lease is durable, so that none is given behind the back of who ends them all.
   *  @param since when it asked for the lease, milliseconds since 1970: what was revoked later is refused, and who comes
   *  back after that is not */
  readonly whyRefused?: (caller: Caller, since: number) => string | undefined;
  /** Takes one of what a service may ask for a minute; where none is left, the seconds until there is. */
  readonly retrySecondsOf?: (service: string) => number | undefined;
  /** Called at each moment at which a process may be killed; waited for. */
  readonly reach: (moment: LeaseMoment) => Promise<void>;
}

/** Gives and renews leases: from the intent to the password. */
export class Giving {
  readonly #parts: GivingParts;
  readonly #admission: Admission;
  readonly #gate: Gate;

  constructor(parts: GivingParts) {
    const { config, leases } = parts;
    this.#parts = parts;
    this.#admission = new Admission(config, leases.known);
    this.#gate = new Gate(config.asksAtOnce);
  }

  /** Makes a user for a workload.
   *  @param ttlSeconds as the role says, where it is not given
   *  @returns the lease, and what to log in with, which is told this once
   *  @throws {Fault} `secrets/role-not-found`, `secrets/role-forbidden`, `secrets/lease-invalid`,
   *  `secrets/leases-too-many`; `secrets/lease-unavailable` where the target does not make it */
  async ask(
    roleId: string,
    caller: Caller,
    ttlSeconds?: number,
  ): Promise<{ readonly lease: Lease; readonly value: SecretValue }> {
    this.#refuseTooFast(caller);
    const role = await this.#parts.leases.role(roleId);
    await this.#refuse(role, caller, this.#parts.clock());
    const lease = this.#newLease(role, caller, ttlSeconds);
    // where the role is wrong, or the vault sealed, no target is asked, and no lease begun
    await orUnavailable(this.#parts.targets.reach(role, async () => undefined));
    const leave = this.#admission.enter(lease.id, role, caller.service);
    try {
      return await this.#gate.pass(() => this.#give(lease, caller, leave));
    } finally {
      leave();
    }
  }

  /** Lets a lease last for longer: as long as its role gives, from now on.
   *  @throws {Fault} `secrets/lease-not-found`, `secrets/lease-forbidden`, `secrets/lease-conflict` where it has ended,
   *  `secrets/lease-invalid`; `secrets/lease-unavailable` where the target does not extend it */
  async renew(id: string, caller: Caller, ttlSeconds?: number): Promise<Lease> {
    this.#refuseTooFast(caller);
    const lease = await this.#parts.leases.ownLease(id, caller);
    const role = await this.#parts.leases.role(lease.role);
    await this.#refuse(role, caller, Date.parse(lease.createdAt));
    const now = this.#parts.clock();
    const wanted = expiryOf(role, caller, ttlSeconds, Date.parse(lease.endsAt), now);
    const expiresAt = Math.max(wanted, Date.parse(lease.expiresAt));
    const by = { actor: caller.spiffeId, reason: '' };
    // a lease that has ended meanwhile has no user that could be extended
    const extend = { username: lease.username, until: expiresAt + this.#parts.policy.claim };
    if (!isLive(lease)) return this.#parts.leases.changed(id, { event: 'renew', expiresAt, by });
    await this.#gate.pass(() =>
      this.#reachTarget(id, 'extend', role, ({ engine, context }) =>
        engine.extend(context, extend.username, extend.until),
      ),
    );
    return this.#parts.leases.changed(id, { event: 'renew', expiresAt, by });
  }

  #newLease(role: Role, caller: Caller, ttlSeconds: number | undefined): Lease {
    const { clock, random, holder } = this.#parts;
    const now = clock();
    const endsAt = now + role.maxLifeSeconds * SECOND;
    return {
      id: drawName(LEASE_ID, random),
      role: role.id,
      service: caller.service,
      spiffeId: caller.spiffeId,
      username: drawUsername(caller.service, this.#parts.leases.installation, random),
      createdAt: toTimestamp(now),
      expiresAt: toTimestamp(expiryOf(role, caller, ttlSeconds, endsAt, now)),
      endsAt: toTimestamp(endsAt),
      maxTtlSeconds: role.maxTtlSeconds,
      ...{ renewals: 0, state: 'pending', why: null, endedAt: null, removal: null },
      taken: { by: holder, until: toTimestamp(now + this.#parts.policy.claim) },
    };
  }

  /** @param leave gives back the place that was taken until the lease is known */
  async #give(lease: Lease, caller: Caller, leave: () => void) {
    const { id, username, createdAt, expiresAt } = lease;
    const { holder } = this.#parts;
    await this.#reach('before', 'write', id, 'ask');
    // it may have waited for its turn
    const until = toTimestamp(this.#parts.clock() + this.#parts.policy.claim);
    await this.#parts.leases.begin({ ...lease, taken: { by: holder, until } }, this.#asked(lease));
    leave();
    await this.#reach('after', 'write', id, 'ask');
    try {
      const role = await this.#parts.leases.role(lease.role);
      await this.#refuse(role, caller, Date.parse(createdAt));
      const ends = Date.parse(expiresAt) + this.#parts.policy.claim;
      const value = await this.#reachTarget(id, 'make', role, ({ engine, context, grants }) =>
        engine.make(context, { username, grants, until: ends }),
      );
      return { lease: await this.#write(id, { event: 'made', holder }), value };
    } catch (thrown) {
      const problem = thrown instanceof Fault ? thrown.message : 'It was not made';
      // where the store does not take this, the lease is found when the claim has ended
      await this.#write(id, { event: 'unmade', holder, problem }).catch(() => {});
      throw thrown;
    }
  }

  #asked({ id, role, service, spiffeId, username, expiresAt }: Lease) {
    const said = { role, service, spiffeId, username, until: expiresAt };
    const by = { actor: spiffeId, reason: '', now: this.#parts.clock() };
    return auditEntryOf('lease.ask', id, said, by);
  }

  async #reachTarget<T>(
    id: string,
    step: string,
    role: Role,
    work: (at: AtTarget) => Promise<T>,
  ): Promise<T> {
    await this.#reach('before', 'call', id, step);
    const answer = await orUnavailable(this.#parts.targets.reach(role, work));
    await this.#reach('after', 'call', id, step);
    return answer;
  }

  #refuseTooFast({ service }: Caller): void {
    const retrySeconds = this.#parts.retrySecondsOf?.(service);
    if (retrySeconds === undefined) return;
    const why = `${quote(service, 120)} asks for too many leases a minute`;
    throw new Fault('secrets/leases-too-many', why, { hint: `try again in ${retrySeconds} s` });
  }

  /** @throws {Fault} `secrets/role-forbidden`, which the audit log is told; `secrets/role-conflict` */
  async #refuse(role: Role, caller: Caller, since: number): Promise<void> {
    const why = whyForbidden(role, caller) ?? this.#parts.whyRefused?.(caller, since);
    if (why !== undefined) {
      const by = { actor: caller.spiffeId, reason: '', now: this.#parts.clock() };
      const said = { service: caller.service, why };
      await this.#parts.leases.tell(auditEntryOf('lease.deny', role.id, said, by));
      const message = `${quote(caller.service, 120)} gets no user of ${quote(role.id, 120)}: ${why}`;
      throw new Fault('secrets/role-forbidden', message, {
        hint: 'have it named among the consumers of the role',
      });
    }
    if (role.closedAt === null) return;
    const message = `The role ${quote(role.id, 120)} is being removed`;
    throw new Fault('secrets/role-conflict', message, { hint: 'ask for another role' });
  }

  async #write(id: string, event: LeaseEvent): Promise<Lease> {
    await this.#reach('before', 'write', id, event.event);
    const lease = await this.#parts.leases.changed(id, event);
    await this.#reach('after', 'write', id, event.event);
    return lease;
  }

  #reach(when: LeaseMoment['when'], what: LeaseMoment['what'], lease: string, step: string) {
    return this.#parts.reach({ when, what, lease, step });
  }
}
