import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { connect } from 'amqplib';
import { createConnection } from 'mariadb';
import { Client } from 'pg';
import type { SecretValue } from '../../../src/secrets/model/index.ts';

export interface LoginPlace {
  readonly host: string;
  readonly port: number;
  readonly database?: string | undefined;
}

interface Login {
  /** @throws what the driver throws */
  readonly attempt: (place: LoginPlace, value: SecretValue) => Promise<void>;
  /** Whether the target itself says no. */
  readonly isRefusal: (thrown: Failure) => boolean;
}
interface Failure {
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly message?: unknown;
}

const CONNECT_MS = 20_000;
const ATTEMPTS = 5;
const PAUSE_MS = 50;

const LOGINS: Readonly<Record<string, Login>> = {
  postgres: {
    async attempt(place, { username, password }) {
      const options = { ...place, user: username, password, connectionTimeoutMillis: CONNECT_MS };
      const client = new Client(options);
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.query('select from orders');
      } finally {
        await client.end();
      }
    },
    // invalid_password, invalid_authorization_specification
    isRefusal: ({ code }) => code === '28P01' || code === '28000',
  },
  mysql: {
    async attempt({ host, port, database = '' }, { username = '', password = '' }) {
      const place = { host, port, database, connectTimeout: CONNECT_MS };
      const session = await createConnection({ ...place, user: username, password });
      session.on('error', () => undefined);
      await session.query('select count(*) from orders').finally(() => session.end());
    },
    // ER_ACCESS_DENIED_ERROR, ER_ACCOUNT_HAS_BEEN_LOCKED
    isRefusal: ({ errno }) => errno === 1045 || errno === 4151,
  },
  redis: {
    async attempt({ host, port }, { username = '', password = '' }) {
      const socket = { host, port, connectTimeout: CONNECT_MS, reconnectStrategy: false } as const;
      const client = createClient({ socket, username, password });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.sendCommand(['GET', 'orders:1']);
      } finally {
        if (client.isOpen) client.destroy();
      }
    },
    isRefusal: ({ message }) => String(message).startsWith('WRONGPASS'),
  },
  rabbitmq: {
    async attempt({ host, port }, { username = '', password = '' }) {
      const place = { protocol: 'amqp', hostname: host, port, vhost: '/' };
      const session = await connect({ ...place, username, password }, { timeout: CONNECT_MS });
      session.on('error', () => undefined);
      await session.close();
    },
    isRefusal: ({ message }) => String(message).includes('ACCESS_REFUSED'),
  },
};

/** Whether a target lets a value in. Only its own word counts: where a busy machine cannot connect, it is tried again.
 *  @throws where it is neither let in nor refused */
export async function logsIn(
  rotator: string,
  place: LoginPlace,
  value: SecretValue,
): Promise<boolean> {
  const login = LOGINS[rotator];
  if (login === undefined) throw new Error(`nobody knows how to log in at ${rotator}`);
  for (let attempt = 1; ; attempt++) {
    try {
      await login.attempt(place, value);
      return true;
    } catch (thrown) {
      if (login.isRefusal(thrown as Failure)) return false;
      if (attempt === ATTEMPTS) throw thrown;
      await sleep(PAUSE_MS);
    }
  }
}
