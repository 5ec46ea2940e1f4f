import { type RotatorContext, TargetFault } from '../../rotation/rotator.ts';
import { type AclUser, hashOf, tellUser } from './acl.ts';
import { type Node, nodesOf, type RedisRotation } from './config.ts';
import { type Ask, type Credential, withNode } from './connect.ts';
import { faultOf, isRefusal } from './faults.ts';
import * as server from './server.ts';

export const placeOf = ({ host, port }: Node): string => `${host}:${port}`;

/** What else is done where a password is taken away. */
interface Removal {
  /** A password that the user must have: it would let nobody in otherwise. */
  readonly heir?: string;
  /** Turns the user off. */
  readonly closes?: boolean;
  /** Ends the sessions of the user, this one apart. */
  readonly ends?: boolean;
}

/** Users at every server of a plan. Each call makes connections of its own, to all servers at once, and may be made again
 *  after it was cut off anywhere.
 *  @throws {TargetFault} from every method */
export class RedisUsers {
  readonly #context: RotatorContext<RedisRotation>;

  constructor(context: RotatorContext<RedisRotation>) {
    this.#context = context;
  }

  /** Whether a server lets a user in by a password. An answer that is neither yes nor no is a fault. */
  async takes(node: Node, login: Credential): Promise<boolean> {
    try {
      await withNode(this.#context, node, login, async () => {});
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw faultOf(error, placeOf(node), `logging in as ${login.username}`);
    }
  }

  /** Proves that users can be changed at every server, and that no server is left out. Nothing is changed. */
  async check(by: Credential, users: readonly string[]): Promise<void> {
    const { config } = this.#context;
    const counts = { servers: 0, replicas: 0, listedReplicas: 0, cluster: 0 };
    await this.#each(by, 'looking at the server', async (ask, place) => {
      await server.checkServer(ask, place, config, users);
      counts.servers++;
      counts.replicas += await server.knownReplicas(ask);
      if (await server.isReplica(ask)) counts.listedReplicas++;
      counts.cluster = Math.max(counts.cluster, (await server.clusterSize(ask)) ?? 0);
    });
    if (config.otherNodes === 'leave') return;
    const missing = Math.max(
      counts.cluster - counts.servers,
      // in a cluster, replicas are among its nodes
      counts.cluster > 0 ? 0 : counts.replicas - counts.listedReplicas,
    );
    if (missing <= 0) return;
    throw new TargetFault(
      'invalid',
      `There are ${missing} replicas or nodes that the plan does not name: users are not replicated, so they would refuse the new value`,
      'name every server in `nodes`, or set `otherNodes: leave` where nobody logs in to the others',
    );
  }

  /** Proves that every server has a user that passwords let in, before anything is changed.
   *  @throws {TargetFault} `changed`, where one has none; `invalid`, where any password is taken */
  requireUser(by: Credential, name: string): Promise<void> {
    return this.#each(by, `looking at ${name}`, async (ask, place) => {
      known(await server.userOf(ask, name), name, place);
    });
  }

  /** Lets a user in by one more password. */
  add(by: Credential, name: string, password: string, opens: boolean): Promise<void> {
    const hash = hashOf(password);
    return this.#change(by, name, `giving ${name} a password`, (user) => {
      if (user.hashes.includes(hash) && (user.isOn || !opens)) return undefined;
      return [...(opens ? ['on'] : []), `#${hash}`];
    });
  }

  /** Makes a user what another one is, with one password. */
  copy(by: Credential, source: string, name: string, password: string): Promise<void> {
    const words = ['on', `#${hashOf(password)}`];
    return this.#each(by, `making ${name} like ${source}`, async (ask, place) => {
      const { rules } = known(await server.userOf(ask, source), source, place);
      // one command, which is done whole or not at all
      await ask('ACL', 'SETUSER', name, 'reset', ...rules, ...words);
      await server.save(ask, place, this.#context.config);
    });
  }

  /** Takes a password away. Safe where the user has none such, or is not there. */
  remove(by: Credential, name: string, password: string, how: Removal = {}): Promise<void> {
    const hash = hashOf(password);
    const { heir, closes = false, ends = false } = how;
    return this.#each(by, `taking a password of ${name} away`, async (ask, place) => {
      const user = await server.userOf(ask, name);
      if (heir !== undefined && !user?.hashes.includes(hashOf(heir))) throw strayed(place, name);
      if (user) requirePassword(user, place);
      const words = [
        ...(user?.hashes.includes(hash) ? [`!${hash}`] : []),
        ...(closes && user?.isOn ? ['off'] : []),
      ];
      if (words.length > 0) await ask('ACL', 'SETUSER', name, ...words);
      // sessions that are ended first could come back with the value
      if (ends) await ask('CLIENT', 'KILL', 'USER', name);
      await server.save(ask, place, this.#context.config);
    });
  }

  async countSessions(by: Credential, name: string): Promise<number> {
    let count = 0;
    await this.#each(by, `counting the sessions of ${name}`, async (ask) => {
      count += await server.sessionsOf(ask, name);
    });
    return count;
  }

  /** What a user may do, sorted; what not every server has is told with its place. */
  async inspect(
    by: Credential,
    name: string,
    passwords: readonly string[],
  ): Promise<readonly string[]> {
    const hashes = passwords.map(hashOf);
    const places = new Map<string, string[]>();
    await this.#each(by, `looking at what ${name} may do`, async (ask, place) => {
      const user = await server.userOf(ask, name);
      for (const line of user ? tellUser(user, hashes) : ['no such user']) {
        places.set(line, [...(places.get(line) ?? []), place]);
      }
    });
    const count = nodesOf(this.#context.config).length;
    return [...places]
      .flatMap(([line, at]) =>
        at.length === count ? [line] : at.map((place) => `${place}: ${line}`),
      )
      .sort();
  }

  async #change(
    by: Credential,
    name: string,
    doing: string,
    wordsFor: (user: AclUser) => readonly string[] | undefined,
  ): Promise<void> {
    await this.#each(by, doing, async (ask, place) => {
      const words = wordsFor(known(await server.userOf(ask, name), name, place));
      if (words) await ask('ACL', 'SETUSER', name, ...words);
      // whoever was killed before this has changed the memory of the server alone
      await server.save(ask, place, this.#context.config);
    });
  }

  async #each(
    by: Credential,
    doing: string,
    use: (ask: Ask, place: string) => Promise<void>,
  ): Promise<void> {
    const nodes = nodesOf(this.#context.config);
    const all = nodes.map((node) =>
      withNode(this.#context, node, by, (ask) => use(ask, placeOf(node))),
    );
    // what one server does not do is done at the others all the same
    const ends = await Promise.allSettled(all);
    for (const [at, end] of ends.entries()) {
      const place = placeOf(nodes[at] ?? this.#context.config);
      if (end.status === 'rejected') throw faultOf(end.reason, place, doing);
    }
  }
}

function known(user: AclUser | undefined, name: string, place: string): AclUser {
  if (user) return requirePassword(user, place);
  throw new TargetFault(
    'changed',
    `${place} has no user ${name}`,
    'make it there, or see whether the server lost its users at a restart',
  );
}

function requirePassword(user: AclUser, place: string): AclUser {
  if (!user.isNopass) return user;
  throw new TargetFault(
    'invalid',
    `${place} lets ${user.name} in with any password (nopass): there is nothing to rotate`,
    `give its consumers a password, then take \`nopass\` away: ACL SETUSER ${user.name} resetpass`,
  );
}

const strayed = (place: string, name: string): TargetFault =>
  new TargetFault(
    'changed',
    `${place} does not have the current value of ${name}: it lost it at a restart, was brought back from a backup, or was changed by hand`,
    'bring its users in line with the other servers (aclfile and ACL LOAD), or write the value that works now as the current one',
  );
