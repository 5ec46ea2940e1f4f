import { z } from 'zod';
import { toTimestamp } from '../../../base/clock.ts';
import { Fault } from '../../../base/fault.ts';
import type { OneTimeTokens } from '../../auth/one-time.ts';
import type { RateLimiter } from '../../auth/rate.ts';
import type { Sessions } from '../../auth/sessions.ts';
import { countFailure } from '../guard.ts';
import { type Operation, operation } from '../operation.ts';

export interface SessionPorts {
  readonly sessions: Sessions;
  readonly loginTokens: OneTimeTokens;
  readonly failures: RateLimiter;
  readonly cookieName: string;
  /** The cookie is sent over TLS only. */
  readonly secure: boolean;
  readonly maxAgeSeconds: number;
  /** Address of the console, for links. */
  readonly origin: () => string;
}

/** Logging in and out. */
export function sessionOperations(ports: SessionPorts): Operation[] {
  const { sessions, loginTokens, cookieName, secure, maxAgeSeconds } = ports;
  const toCookie = (token: string, maxAge: number): string =>
    `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAge}${secure ? '; Secure' : ''}`;
  return [
    operation({
      id: 'log-in',
      method: 'POST',
      path: '/api/v1/sessions',
      tag: 'sessions',
      summary: "Exchanges a login link's token for a session cookie; the token works once",
      access: 'public',
      body: z.strictObject({ token: z.string().min(1).max(200) }),
      status: 204,
      handle: ({ body, reply }) => {
        const credential = loginTokens.redeem(body.token);
        if (credential === undefined) {
          countFailure(reply.request, ports.failures);
          throw new Fault('http/login-unauthenticated', 'The login link is used up or too old', {
            hint: 'ask for a new one with `reeve login-link`',
          });
        }
        reply.header('set-cookie', toCookie(sessions.open(credential), maxAgeSeconds));
      },
    }),
    operation({
      id: 'get-session',
      method: 'GET',
      path: '/api/v1/session',
      tag: 'sessions',
      summary: 'Who asks',
      access: 'principal',
      status: 200,
      response: z.strictObject({
        kind: z.enum(['token', 'session']),
        name: z.string(),
        /** What may be asked. */
        permissions: z.array(z.string()),
        /** Null: of all of them. */
        teams: z.array(z.string()).nullable(),
      }),
      handle: ({ principal }) => {
        if (principal === undefined) throw new RangeError('who is let in is somebody');
        const { kind, name, permissions, teams } = principal;
        return { kind, name, permissions: [...permissions], teams: teams ? [...teams] : null };
      },
    }),
    operation({
      id: 'log-out',
      method: 'DELETE',
      path: '/api/v1/session',
      tag: 'sessions',
      summary: 'Ends the session',
      access: 'principal',
      status: 204,
      handle: ({ principal, reply }) => {
        if (principal?.kind === 'session') sessions.close(principal.token);
        reply.header('set-cookie', toCookie('', 0));
      },
    }),
    operation({
      id: 'create-login-link',
      method: 'POST',
      path: '/api/v1/login-links',
      tag: 'sessions',
      summary: 'A new link to log in to the console with, once',
      access: 'principal',
      status: 201,
      response: z.strictObject({ url: z.string(), expiresAt: z.iso.datetime() }),
      handle: ({ principal }) => {
        if (principal?.kind !== 'token') {
          throw new Fault('http/login-link-forbidden', 'A session cannot make login links', {
            hint: 'use the token in `admin.token`, or one of your own',
          });
        }
        return createLoginLink(loginTokens, ports.origin(), principal.credential);
      },
    }),
  ];
}

/** The token stands in the fragment, which browsers send to no server and write to no log.
 *  @param credential what who follows it is let in with, for as long as that lasts */
export function createLoginLink(
  loginTokens: OneTimeTokens,
  origin: string,
  credential: string,
): { readonly url: string; readonly expiresAt: string } {
  const { token, expiresAt } = loginTokens.issue(credential);
  return { url: `${origin}/login#token=${token}`, expiresAt: toTimestamp(expiresAt) };
}
