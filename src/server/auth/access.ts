import type { Clock } from '../../base/clock.ts';
import type { DocumentStore } from '../../estate/index.ts';
import type { HttpConfig } from '../http/config.ts';
import { Authenticator } from './authenticator.ts';
import { OneTimeTokens } from './one-time.ts';
import { People } from './people.ts';
import { RateLimiter } from './rate.ts';
import { Sessions } from './sessions.ts';

/** All by which callers of the API are let in, or held up. */
export interface Access {
  readonly authenticator: Authenticator;
  readonly people: People;
  readonly sessions: Sessions;
  readonly loginTokens: OneTimeTokens;
  /** Refused tokens and links. */
  readonly failures: RateLimiter;
  readonly requests: RateLimiter;
  /** Of the console's session. */
  readonly cookieName: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export function createAccess(
  http: HttpConfig,
  adminToken: string,
  store: DocumentStore,
  clock: Clock,
): Access {
  const people = new People(store, clock);
  const sessions = new Sessions(
    { maxAgeMs: http.sessionHours * HOUR_MS, idleMs: http.idleHours * HOUR_MS },
    clock,
  );
  const limiter = (perMinute: number): RateLimiter =>
    new RateLimiter({ burst: perMinute, perMinute }, clock);
  const cookieName = http.port === 0 ? 'reeve_session' : `reeve_session_${http.port}`;
  return {
    authenticator: new Authenticator({ adminToken, people, sessions, cookieName }),
    people,
    sessions,
    loginTokens: new OneTimeTokens(http.loginLinkMinutes * MINUTE_MS, clock),
    failures: limiter(http.failuresPerMinute),
    requests: limiter(http.requestsPerMinute),
    cookieName,
  };
}
