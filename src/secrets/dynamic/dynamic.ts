import { Fault } from '../../base/fault.ts';
import type { SecretValue } from '../model/index.ts';
import type { Asking, Clocks, RotationConfig } from '../rotation/index.ts';
import type { Caller } from './admission.ts';
import { type DynamicConfig, type LeasePolicy, leasePolicyOf } from './config.ts';
import { Giving, type GivingParts } from './giving.ts';
import { LeaseKeeping, type LeaseKeepingParts } from './keeping.ts';
import type { Lease, Role } from './model.ts';
import { Orphans } from './orphans.ts';
import { type LeaseProblem, leaseProblem } from './problems.ts';
import { type GivenRole, Roles } from './roles.ts';
import { type LeaseMoment, LeaseRunner } from './runner.ts';
import { type TargetParts, Targets } from './targets.ts';
import { drawInstallation } from './usernames.ts';

const SECOND = 1_000;

/** What short-lived users are made with. */
export interface DynamicParts
  extends Clocks,
    Pick<LeaseKeepingParts, 'store' | 'lot' | 'mark' | 'warn'>,
    Pick<TargetParts, 'engineOf' | 'currentOf' | 'random'>,
    Pick<GivingParts, 'whyRefused' | 'retrySecondsOf'> {
  readonly config: DynamicConfig;
  /** How targets are tried. */
  readonly rotation: RotationConfig;
  /** Names the process, unlike any other that runs. */
  readonly holder: string;
  /** Called at each moment at which a process may be killed; waited for. */
  readonly hook?: ((moment: LeaseMoment) => Promise<void> | void) | undefined;
}

/** Whose leases are to end. */
export type LeasesOf =
  | { readonly service: string }
  | { readonly spiffeId: string }
  | { readonly role: string };

/** Short-lived users of targets, each for one workload, by lease. The intent is durable before the user is made; the
 *  password is given once, and kept nowhere.
 *  @throws {Fault} from every method: `estate/unavailable` */
export class DynamicCredentials {
  readonly #parts: DynamicParts;
  readonly #policy: LeasePolicy;
  readonly #leases: LeaseKeeping;
  readonly #targets: Targets;
  readonly #runner: LeaseRunner;
  readonly #roles: Roles;
  readonly #orphans: Orphans;
  readonly #giving: Giving;

  private constructor(parts: DynamicParts, policy: LeasePolicy, leases: LeaseKeeping) {
    const { config, rotation, clock } = parts;
    this.#parts = parts;
    this.#policy = policy;
    this.#leases = leases;
    this.#targets = new Targets({ ...parts, stepMilliseconds: rotation.stepSeconds * SECOND });
    const common = { ...parts, policy, leases, targets: this.#targets };
    const reach = async (moment: LeaseMoment) => parts.hook?.(moment);
    this.#runner = new LeaseRunner({ ...common, atOnce: rotation.atOnce, reach });
    this.#roles = new Roles({ leases, targets: this.#targets, clock, maxRoles: config.maxRoles });
    this.#orphans = new Orphans({ leases, targets: this.#targets, clock });
    this.#giving = new Giving({ ...common, reach });
  }

  /** Nothing is ended before `start`. */
  static async open(parts: DynamicParts): Promise<DynamicCredentials> {
    const { config, rotation, store, clock, lot, mark, warn, random } = parts;
    const policy = leasePolicyOf(config, rotation);
    const keeping = { store, policy, clock, lot, mark, warn };
    const leases = await LeaseKeeping.open(keeping, () => drawInstallation(random));
    return new DynamicCredentials(parts, policy, leases);
  }

  /** Ends leases from now on. Not to be called while the store may be older than what targets hold, as after it was
   *  brought back from a backup, until a person says that it is what holds: a lease that was renewed since would be ended.
   *  Leases are given all the same. */
  start(): void {
    this.#runner.start();
  }

  /** Whether nothing is ended. */
  get isPaused(): boolean {
    return this.#runner.isPaused;
  }

  /** Gives up what is under way: whoever starts next goes on with it. */
  close(): Promise<void> {
    return this.#runner.close();
  }

  /** Makes a user for a workload.
   *  @param ttlSeconds as the role says, where it is not given
   *  @returns the lease, and what to log in with, which is told this once
   *  @throws {Fault} `secrets/role-not-found`, `secrets/role-forbidden`, `secrets/lease-invalid`,
   *  `secrets/leases-too-many`; `secrets/lease-unavailable` where the target does not make it */
  ask(
    roleId: string,
    caller: Caller,
    ttlSeconds?: number,
  ): Promise<{ readonly lease: Lease; readonly value: SecretValue }> {
    return this.#giving.ask(roleId, caller, ttlSeconds);
  }

  /** Lets a lease last for longer: as long as its role gives, from now on.
   *  @throws {Fault} `secrets/lease-not-found`, `secrets/lease-forbidden`, `secrets/lease-conflict` where it has ended,
   *  `secrets/lease-invalid`; `secrets/lease-unavailable` where the target does not extend it */
  renew(id: string, caller: Caller, ttlSeconds?: number): Promise<Lease> {
    return this.#giving.renew(id, caller, ttlSeconds);
  }

  /** Its holder gives a lease back.
   *  @throws {Fault} `secrets/lease-not-found`, `secrets/lease-forbidden` */
  async release(id: string, caller: Caller): Promise<Lease> {
    await this.#leases.ownLease(id, caller);
    const by = { actor: caller.spiffeId, reason: '' };
    return this.#leases.changed(id, { event: 'end', why: 'released', by });
  }

  /** A person takes a lease away. It has ended when the target was seen to have no such user.
   *  @throws {Fault} `secrets/lease-not-found` */
  end(id: string, by: Asking): Promise<Lease> {
    return this.#leases.changed(id, { event: 'end', why: 'revoked', by });
  }

  /** Takes away all leases of an identity that was revoked, a service that was retired, or a role. Resolves when that is
   *  durable; the users go after it, as fast as their targets let them. One that cannot be ended keeps none of the others.
   *  @returns those leases whose users may still be there
   *  @throws {Fault} what kept one of them, when all others have been ended */
  async endLeasesOf(whose: LeasesOf, by: Asking): Promise<readonly Lease[]> {
    await this.#leases.reload();
    const [[member, value] = []] = Object.entries(whose) as [keyof Lease, string][];
    const ended: Lease[] = [];
    const faults: unknown[] = [];
    for (const lease of [...this.#leases.known.all()]) {
      if (member === undefined || lease[member] !== value || !isUnended(lease)) continue;
      await this.end(lease.id, by).then(
        (one) => ended.push(one),
        (fault: unknown) => isForgotten(fault) || faults.push(fault),
      );
    }
    if (faults.length > 0) throw faults[0];
    return ended;
  }

  /** What could not be taken away is tried again, at once. */
  retry(id: string, by: Asking): Promise<Lease> {
    return this.#leases.changed(id, { event: 'retry', by });
  }

  /** Nobody tries any longer to take a user away; it stays on the list of what could not be.
   *  @throws {Fault} `secrets/lease-conflict` where it does not end */
  abandon(id: string, by: Asking): Promise<Lease> {
    return this.#leases.changed(id, { event: 'abandon', by });
  }

  /** As this process knows them. */
  list(): readonly Lease[] {
    return [...this.#leases.known.all()];
  }

  /** @throws {Fault} `secrets/lease-not-found` */
  get(id: string): Promise<Lease> {
    return this.#leases.lease(id);
  }

  roles(): readonly Role[] {
    return [...this.#leases.known.roles.values()];
  }

  /** @throws {Fault} `secrets/role-not-found` */
  role(id: string): Promise<Role> {
    return this.#leases.role(id);
  }

  /** Makes a role, or says anew what it is.
   *  @throws {Fault} `secrets/role-invalid`, `secrets/role-conflict`, `secrets/roles-too-many` */
  defineRole(given: GivenRole, by: Asking): Promise<Role> {
    return this.#roles.define(given, by);
  }

  /** Closes a role, and removes it where none of its leases is left.
   *  @throws {Fault} `secrets/role-not-found`, `secrets/role-conflict` */
  removeRole(id: string, by: Asking): Promise<void> {
    return this.#roles.remove(id, by);
  }

  /** Looks at the target of a role for users that Reeve has made and no lease names.
   *  @throws {Fault} `secrets/role-not-found`, `secrets/lease-unavailable` */
  orphans(roleId: string): Promise<readonly string[]> {
    return this.#orphans.find(roleId);
  }

  /** Takes such users away. One that a lease names by now is left.
   *  @returns those that are gone
   *  @throws {Fault} `secrets/role-not-found`, `secrets/lease-unavailable` */
  removeOrphans(
    roleId: string,
    usernames: readonly string[],
    by: Asking,
  ): Promise<readonly string[]> {
    return this.#orphans.remove(roleId, usernames, by);
  }

  /** Looks at the targets of all roles for such users; what cannot be reached is left out. */
  lookForOrphans(): Promise<void> {
    return this.#orphans.look();
  }

  /** What a person should know: users that could not be taken away, and those that were found last. */
  problems(): readonly LeaseProblem[] {
    const now = this.#parts.clock();
    const found = this.list().map((lease) => leaseProblem(lease, now, this.#policy));
    return [...found.filter((problem) => problem !== undefined), ...this.#orphans.problems()];
  }

  /** Does what is due now. */
  tick(): void {
    this.#runner.tick();
  }

  /** Resolves when nothing is taken away at the moment. */
  settled(): Promise<void> {
    return this.#runner.settled();
  }
}

/** It has ended meanwhile, and is not listed any longer. */
const isForgotten = (thrown: unknown): boolean =>
  thrown instanceof Fault && thrown.code === 'secrets/lease-not-found';

const isUnended = ({ state }: Lease): boolean => state !== 'ended' && state !== 'abandoned';
