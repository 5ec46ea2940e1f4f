import { auditEntryOf } from '../../audit/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { Asking } from '../rotation/index.ts';
import type { LeaseKeeping } from './keeping.ts';
import type { Role } from './model.ts';
import type { LeaseProblem } from './problems.ts';
import { type AtTarget, orUnavailable, type Targets } from './targets.ts';
import { isOwn, PREFIX } from './usernames.ts';

/** Of one target; more are told when these are gone. */
const MOST_USERS = 20_000;

/** In one entry of the audit log, which holds no longer list. */
const TOLD_AT_ONCE = 100;

export interface OrphansParts {
  readonly leases: LeaseKeeping;
  readonly targets: Targets;
  readonly clock: Clock;
}

interface Found {
  readonly role: Role;
  readonly usernames: readonly string[];
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** Users that this Reeve has made and no lease names, as after a store was brought back from a backup. They are taken away
 *  only by a person: the store that lacks them may be the one that is wrong. */
export class Orphans {
  readonly #parts: OrphansParts;
  /** By target. */
  readonly #found = new Map<string, Found>();

  constructor(parts: OrphansParts) {
    this.#parts = parts;
  }

  /** @throws {Fault} `secrets/role-not-found`, `secrets/lease-unavailable` */
  async find(roleId: string): Promise<readonly string[]> {
    const role = await this.#parts.leases.role(roleId);
    const usernames = await orUnavailable(
      this.#parts.targets.reach(role, (at) => this.#orphansAt(at)),
    );
    await this.#remember(role, usernames);
    return usernames;
  }

  /** Looks at each target once, by one of its roles. */
  async look(): Promise<void> {
    const seen = new Set<string>();
    for (const role of [...this.#parts.leases.known.roles.values()]) {
      const target = await this.#parts.targets.nameOf(role).catch(() => undefined);
      if (target === undefined || seen.has(target)) continue;
      seen.add(target);
      await this.find(role.id).catch(() => undefined);
    }
    // where no role looks any more, nobody could do anything about them
    for (const target of this.#found.keys()) if (!seen.has(target)) this.#found.delete(target);
  }

  /** @throws {Fault} `secrets/role-not-found`, `secrets/lease-unavailable` */
  async remove(
    roleId: string,
    usernames: readonly string[],
    by: Asking,
  ): Promise<readonly string[]> {
    const { leases, targets, clock } = this.#parts;
    const role = await leases.role(roleId);
    const orphans = await this.find(roleId);
    const wanted = new Set(usernames);
    const removed = orphans.filter((username) => wanted.has(username));
    if (removed.length === 0) return removed;
    const now = clock();
    const lots = Array.from({ length: Math.ceil(removed.length / TOLD_AT_ONCE) }, (_, lot) =>
      removed.slice(lot * TOLD_AT_ONCE, (lot + 1) * TOLD_AT_ONCE),
    );
    await leases.tell(
      ...lots.map((usernames) =>
        auditEntryOf('role.orphans', roleId, { usernames }, { ...by, now }),
      ),
    );
    for (const username of removed) {
      await orUnavailable(
        targets.reach(role, ({ engine, context }) => engine.remove(context, username)),
      );
    }
    const left = new Set(await this.find(roleId));
    return removed.filter((username) => !left.has(username));
  }

  *problems(): Generator<LeaseProblem> {
    const now = this.#parts.clock();
    for (const { role, usernames, since } of this.#found.values()) {
      const ageSeconds = Math.max(0, Math.floor((now - since) / 1_000));
      for (const username of usernames) {
        yield {
          ...{ problem: 'orphan', lease: null, role: role.id, service: role.service, username },
          ageSeconds,
          why: null,
          hint: 'remove it, unless the store is older than the target',
        };
      }
    }
  }

  /** The target first: a lease stands in the store before its user is there. */
  async #orphansAt({ engine, context }: AtTarget): Promise<string[]> {
    const { leases } = this.#parts;
    const users = await engine.usernames(context, PREFIX, MOST_USERS);
    const own = users.filter((username) => isOwn(username, leases.installation));
    if (own.length === 0) return [];
    const named = await leases.usernames();
    return own.filter((username) => !named.has(username)).sort();
  }

  async #remember(role: Role, usernames: readonly string[]): Promise<void> {
    const target = await this.#parts.targets.nameOf(role);
    const since = this.#found.get(target)?.since ?? this.#parts.clock();
    if (usernames.length === 0) this.#found.delete(target);
    else this.#found.set(target, { role, usernames, since });
  }
}
