import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { randomToken } from '../../base/ids.ts';
import { createLog } from '../../base/log.ts';
import { ADMIN_CREDENTIAL, Authenticator, type AuthenticatorParts } from '../auth/authenticator.ts';
import { RateLimiter } from '../auth/rate.ts';
import { Sessions } from '../auth/sessions.ts';
import { buildApp } from '../http/app.ts';
import { ConsoleAssets } from '../http/console.ts';
import type { NamedSchemas } from '../http/openapi.ts';
import type { Operation } from '../http/operation.ts';
import { hostNamesOf } from '../loopback.ts';
import { createMetrics } from '../metrics.ts';

/** Operations served over HTTP as the server does, with a token and a session of their own. */
export interface ApiServer {
  readonly origin: string;
  readonly token: string;
  readonly cookie: string;
  ask(path: string, init?: RequestInit): Promise<Response>;
  get<Answer>(path: string): Promise<Answer>;
  post(path: string, body: object): Promise<Response>;
  close(): Promise<void>;
}

const RATE = { burst: 10_000, perMinute: 10_000 };

export async function serveOperations(
  operations: readonly Operation[],
  clock: () => number,
  schemas: NamedSchemas = {},
  people: AuthenticatorParts['people'] = {
    ofToken: async () => undefined,
    ofDigest: async () => undefined,
  },
): Promise<ApiServer> {
  const token = randomToken();
  const sessions = new Sessions({ maxAgeMs: 60_000, idleMs: 60_000 }, clock);
  let hostNames: ReadonlySet<string> = new Set();
  const app = buildApp({
    operations,
    schemas,
    guard: {
      authenticator: new Authenticator({
        ...{ adminToken: token, people, sessions },
        cookieName: 'reeve_session',
      }),
      failures: new RateLimiter(RATE, clock),
      requests: new RateLimiter(RATE, clock),
      hostNames: () => hostNames,
      scheme: 'http',
    },
    console: new ConsoleAssets(join(import.meta.dirname, 'none')),
    metrics: createMetrics(),
    log: createLog('silent'),
    version: '0',
    tls: undefined,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  hostNames = hostNamesOf('127.0.0.1', port, []);
  const origin = `http://127.0.0.1:${port}`;
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${origin}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });
  return {
    origin,
    token,
    cookie: `reeve_session=${sessions.open(ADMIN_CREDENTIAL)}`,
    ask,
    get: async <Answer>(path: string) => (await (await ask(path)).json()) as Answer,
    post: (path, body) =>
      ask(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    close: () => app.close(),
  };
}
