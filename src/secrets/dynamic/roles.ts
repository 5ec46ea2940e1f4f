import type { z } from 'zod';
import { auditEntryOf } from '../../audit/index.ts';
import { type Clock, toTimestamp } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import { anew } from '../../estate/index.ts';
import { type Asking, TargetFault } from '../rotation/index.ts';
import type { Stored } from './documents.ts';
import type { LeaseKeeping } from './keeping.ts';
import { type Lease, type Role, RoleSettings } from './model.ts';
import type { Targets } from './targets.ts';

/** What is said of a role when it is made, or said anew. */
export interface GivenRole {
  readonly name: string;
  /** The id of its service. */
  readonly service: string;
  readonly settings: z.input<typeof RoleSettings>;
}

export interface RolesParts {
  readonly leases: LeaseKeeping;
  readonly targets: Targets;
  readonly clock: Clock;
  readonly maxRoles: number;
}

/** Makes, changes and removes roles. */
export class Roles {
  readonly #parts: RolesParts;

  constructor(parts: RolesParts) {
    this.#parts = parts;
  }

  /** Makes a role, or says anew what it is. Its target stays what it is: users that are there would be left.
   *  @throws {Fault} `secrets/role-invalid`, `secrets/role-conflict`, `secrets/roles-too-many` */
  define(given: GivenRole, by: Asking): Promise<Role> {
    const { leases, maxRoles } = this.#parts;
    return anew(async () => {
      const role = await this.#roleOf(given, by);
      const before = await this.#find(role.id);
      if (before === undefined && leases.known.roles.size >= maxRoles) {
        const why = `There are ${maxRoles} roles already`;
        throw new Fault('secrets/roles-too-many', why, { hint: 'remove those that are not used' });
      }
      if (before?.body.closedAt) {
        throw conflict(
          role.id,
          'is being removed',
          'remove it once more, when its leases have ended',
        );
      }
      if (before && (await this.#targetOf(before.body)) !== (await this.#targetOf(role))) {
        throw conflict(role.id, 'is for another target', 'make another role, and remove this one');
      }
      const { createdAt, createdBy } = before?.body ?? role;
      const after = { ...role, createdAt, createdBy };
      await leases.putRole(after, before?.version ?? 0, this.#entryOf('role.define', after, by));
      return after;
    });
  }

  /** Gives no more leases of a role, and removes it where all of them have ended, or were abandoned.
   *  @throws {Fault} `secrets/role-not-found`; `secrets/role-conflict` while there are leases: end them, and try again */
  async remove(id: string, by: Asking): Promise<void> {
    const { leases } = this.#parts;
    const closed = await this.#close(id, by);
    // whoever asks looks at the role once more when the lease is durable: none comes after this
    const left = await leases.leasesOf(id);
    const live = left.filter(({ body }) => !isOver(body));
    if (live.length > 0) {
      throw conflict(
        id,
        `gives no more leases, and ${live.length} have not ended yet`,
        'end them, and remove it once more; abandon those that cannot be ended',
      );
    }
    await leases.removeRole(closed, left, this.#entryOf('role.remove', closed.body, by));
  }

  async #close(id: string, by: Asking): Promise<Stored<Role>> {
    const { leases, clock } = this.#parts;
    return anew(async () => {
      const stored = await leases.storedRole(id);
      if (stored.body.closedAt !== null) return stored;
      const body = { ...stored.body, closedAt: toTimestamp(clock()) };
      await leases.putRole(body, stored.version, this.#entryOf('role.close', body, by));
      return { body, version: stored.version + 1 };
    });
  }

  async #find(id: string): Promise<Stored<Role> | undefined> {
    try {
      return await this.#parts.leases.storedRole(id);
    } catch (thrown) {
      if (thrown instanceof Fault && thrown.code === 'secrets/role-not-found') return undefined;
      throw thrown;
    }
  }

  async #roleOf({ name, service, settings }: GivenRole, by: Asking): Promise<Role> {
    if (!/^[A-Za-z0-9][\w.-]{0,199}$/.test(name)) {
      throw new Fault('secrets/role-invalid', `${quote(name)} is not a name of a role`, {
        hint: 'up to 200 letters, digits, `.`, `_` and `-`, the first a letter or digit',
      });
    }
    const id = `${service}/${name}`;
    if (service === '' || id.length > 600) {
      throw new Fault('secrets/role-invalid', `${quote(service)} is not the id of a service`, {
        hint: 'such as `production/shop/orders`',
      });
    }
    const read = RoleSettings.safeParse(settings);
    if (!read.success) {
      const said = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      throw new Fault('secrets/role-invalid', `The role is wrong: ${quote(said.join('; '), 400)}`);
    }
    const createdAt = toTimestamp(this.#parts.clock());
    const role = {
      ...{ id, name, service, ...read.data, createdAt, createdBy: by.actor, closedAt: null },
      consumers: [...new Set(read.data.consumers)],
    };
    await this.#targetOf(role);
    return role;
  }

  async #targetOf(role: Role): Promise<string> {
    try {
      return await this.#parts.targets.nameOf(role);
    } catch (thrown) {
      if (!(thrown instanceof TargetFault)) throw thrown;
      const hint = thrown.hint === undefined ? {} : { hint: thrown.hint };
      throw new Fault('secrets/role-invalid', thrown.message, hint);
    }
  }

  #entryOf(action: 'role.define' | 'role.close' | 'role.remove', role: Role, by: Asking) {
    return auditEntryOf(action, role.id, role, { ...by, now: this.#parts.clock() });
  }
}

/** Whether nothing is to be done for it any more. */
const isOver = ({ state }: Lease): boolean => state === 'ended' || state === 'abandoned';

function conflict(id: string, why: string, hint: string): Fault {
  return new Fault('secrets/role-conflict', `The role ${quote(id, 120)} ${why}`, { hint });
}
