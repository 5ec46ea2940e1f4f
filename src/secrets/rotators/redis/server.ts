import { TargetFault } from '../../rotation/rotator.ts';
import { type AclUser, countSessions, readInfo, readUser } from './acl.ts';
import type { RedisRotation } from './config.ts';
import type { Ask } from './connect.ts';

/** The user of that name, and everything about it but how it logs in. */
export async function userOf(ask: Ask, name: string): Promise<AclUser | undefined> {
  const lines = await ask('ACL', 'LIST');
  if (!Array.isArray(lines)) return undefined;
  return lines.map((line) => readUser(String(line))).find((user) => user?.name === name);
}

export async function sessionsOf(ask: Ask, name: string): Promise<number> {
  return countSessions(String(await ask('CLIENT', 'LIST')), name);
}

/** Refuses a server at which a change would be lost, or would break what else uses it.
 *  @throws {TargetFault} `invalid` */
export async function checkServer(
  ask: Ask,
  place: string,
  config: RedisRotation,
  users: readonly string[],
): Promise<void> {
  if (config.persistence === 'save' && (await keptIn(ask)) === 'memory') {
    throw new TargetFault(
      'invalid',
      `${place} keeps users in memory only: it has no \`aclfile\`, and was started without a configuration file`,
      'start it with one of the two; or set `persistence: memory` where something else sets its users at each start',
    );
  }
  const replication = readInfo(String(await ask('INFO', 'replication')));
  if (replication.get('role') !== 'slave') return;
  const replicator = (await setting(ask, 'masteruser')) || 'default';
  if (!users.includes(replicator)) return;
  throw new TargetFault(
    'invalid',
    `${place} is a replica that logs in to its master as ${replicator}: it would be cut off`,
    'give replication a user of its own (`masteruser`, `masterauth`)',
  );
}

/** How many servers this one knows of that are to have the same users, itself apart. */
export async function knownReplicas(ask: Ask): Promise<number> {
  const replication = readInfo(String(await ask('INFO', 'replication')));
  return Number(replication.get('connected_slaves') ?? 0);
}

/** How many nodes its cluster has; undefined: it is in none. */
export async function clusterSize(ask: Ask): Promise<number | undefined> {
  const info = readInfo(String(await ask('INFO', 'cluster')));
  if (info.get('cluster_enabled') !== '1') return undefined;
  return Number(readInfo(String(await ask('CLUSTER', 'INFO'))).get('cluster_known_nodes') ?? 1);
}

export const isReplica = async (ask: Ask): Promise<boolean> =>
  readInfo(String(await ask('INFO', 'replication'))).get('role') === 'slave';

/** Writes users to where a restart reads them.
 *  @throws {TargetFault} `denied`, where the server could not */
export async function save(ask: Ask, place: string, config: RedisRotation): Promise<void> {
  if (config.persistence === 'memory') return;
  const words = (await keptIn(ask)) === 'aclfile' ? ['ACL', 'SAVE'] : ['CONFIG', 'REWRITE'];
  try {
    await ask(...words);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('ERR')) throw error;
    throw new TargetFault(
      'denied',
      `${place} has its users changed in memory, and could not write them (${words.join(' ')}): a restart would bring the old ones back`,
      'see its log: it may not write that file, or the folder it lies in; then have it tried again',
    );
  }
}

async function keptIn(ask: Ask): Promise<'aclfile' | 'configuration' | 'memory'> {
  if (await setting(ask, 'aclfile')) return 'aclfile';
  const info = readInfo(String(await ask('INFO', 'server')));
  return info.get('config_file') ? 'configuration' : 'memory';
}

async function setting(ask: Ask, name: string): Promise<string> {
  const answer = await ask('CONFIG', 'GET', name);
  return Array.isArray(answer) ? String(answer[1] ?? '') : '';
}
