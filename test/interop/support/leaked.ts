import { killedPostgres } from '../../support/killed/postgres.ts';
import type { KilledTarget } from '../../support/killed/target.ts';
import type { LeakTarget } from '../../support/leaked/target.ts';
import { killedMariadb, killedRabbitmq, killedRedis, type OpenTarget } from './killed.ts';
import { type LoginPlace, logsIn } from './logins.ts';
import { debianMariadb } from './mariadb.ts';
import { debianRabbitmq } from './rabbitmq.ts';
import { debianRedis } from './redis.ts';
import { isMissing } from './tools.ts';

/** Servers of this machine whose users' passwords leak. */
export interface LeakServers {
  readonly targets: readonly LeakTarget[];
  close(): Promise<void>;
}

/** PostgreSQL, and those others that can be had here. */
export async function openLeakServers(): Promise<LeakServers> {
  await using opened = new AsyncDisposableStack();
  const postgres = await killedPostgres();
  opened.defer(() => postgres.close());
  // it gets about as a part of the address that a program is configured with
  const address = (password: string) => `postgres://orders:${encodeURIComponent(password)}@db/shop`;
  const targets = [leaked('postgres', await postgres.target('several'), address)];
  const others: readonly [string, boolean, () => Promise<OpenTarget>][] = [
    ['redis', isMissing('Redis', debianRedis()), killedRedis],
    ['mariadb', isMissing('MariaDB', debianMariadb()), () => killedMariadb('several')],
    ['rabbitmq', isMissing('RabbitMQ', debianRabbitmq()), killedRabbitmq],
  ];
  for (const [name, isAway, open] of others) {
    if (isAway) continue;
    const { target, close } = await open();
    opened.defer(close);
    targets.push(leaked(name, target));
  }
  const open = opened.move();
  return { targets, close: () => open.disposeAsync() };
}

function leaked(
  name: string,
  { rotator, config, admin }: KilledTarget,
  text = (password: string) => password,
): LeakTarget {
  const { host, port, database } = config as LoginPlace;
  return {
    ...{ name, rotator, config, admin },
    leak: ({ password = '' }) => text(password),
    takes: (value) => logsIn(rotator, { host, port, database }, value),
  };
}
