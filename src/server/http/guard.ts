import type { FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '../../base/fault.ts';
import { isLoopback } from '../../base/loopback.ts';
import type { Authenticator, Principal } from '../auth/authenticator.ts';
import type { RateLimiter } from '../auth/rate.ts';
import { LOOKING, PERMISSIONS, type Permission } from '../auth/roles.ts';
import type { Access } from './operation.ts';
import { RetryFault } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Absent: `principal`. */
    access?: Access;
    isByOwner?: boolean;
    keepsText?: boolean;
  }
  interface FastifyRequest {
    principal: Principal | undefined;
  }
}

export interface GuardPorts {
  readonly authenticator: Authenticator;
  /** By address. Only failures count, so no one can lock out who shows a good credential. */
  readonly failures: RateLimiter;
  /** By principal. */
  readonly requests: RateLimiter;
  readonly hostNames: () => ReadonlySet<string>;
  /** `http` or `https`. */
  readonly scheme: string;
}

/** Decides for every request, before anything of it is read, whether it goes on. What no route marks
 *  as public needs a principal. */
export function createGuard(ports: GuardPorts) {
  return async (request: FastifyRequest): Promise<void> => {
    checkHost(request, ports);
    const { access = 'principal', isByOwner = false } = request.routeOptions.config;
    if (access === 'public') return checkOrigin(request, ports, false);
    request.principal = await ports.authenticator.authenticate(request.headers);
    if (request.principal === undefined) {
      if (access === 'loopback' && isLoopback(request.socket.remoteAddress ?? '')) {
        return checkSite(request, ports);
      }
      refuse(request, ports);
    }
    if (request.principal.kind === 'session') checkOrigin(request, ports, true);
    const taken = ports.requests.take(request.principal.id);
    if (!taken.ok)
      throw new RetryFault('http/requests-too-many', 'Too many requests', taken.retrySeconds);
    if (access in PERMISSIONS) checkPermission(request.principal, access as Permission, isByOwner);
  };
}

function checkPermission(principal: Principal, needed: Permission, isByOwner: boolean): void {
  if (!principal.permissions.has(needed)) {
    throw new Fault('http/permission-forbidden', `${principal.name} may not ask for this`, {
      hint: `it takes a role with ${needed}: to ${PERMISSIONS[needed]}`,
    });
  }
  if (principal.teams === undefined || isByOwner || LOOKING.has(needed)) return;
  throw new Fault(
    'http/team-forbidden',
    `${principal.name} may change what belongs to ${[...principal.teams].join(', ')} alone`,
    { hint: 'this concerns others too: it takes a token that is bound to no team' },
  );
}

/** Counts a failed authentication.
 *  @throws {Fault} `http/failures-too-many` once there were too many from one address */
export function countFailure(request: FastifyRequest, failures: RateLimiter): void {
  const taken = failures.take(request.socket.remoteAddress ?? '');
  if (taken.ok) return;
  throw new RetryFault(
    'http/failures-too-many',
    'Too many failed authentications from this address',
    taken.retrySeconds,
  );
}

function refuse(request: FastifyRequest, { failures }: GuardPorts): never {
  const showsSomething = request.headers.authorization !== undefined;
  if (showsSomething) countFailure(request, failures);
  throw new Fault('http/unauthenticated', 'This needs a session or a token', {
    hint: 'log in with a link of `reeve login-link`, or send the token in `admin.token`, or one of your own that has not ended',
  });
}

/** Against DNS rebinding: a page of another site may reach this address under its own name. */
function checkHost(request: FastifyRequest, { hostNames }: GuardPorts): void {
  const host = request.headers.host?.toLowerCase() ?? '';
  if (hostNames().has(host)) return;
  throw new Fault('http/host-forbidden', 'The server is not known by this host name', {
    hint: 'ask for it by its address, or add the name to `http.hostNames`',
  });
}

/** Against forged requests: browsers say which page changes something, and it must be one of ours. */
function checkOrigin(request: FastifyRequest, { scheme }: GuardPorts, required: boolean): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const { origin, host } = request.headers;
  if (origin === undefined && !required) return;
  if (origin?.toLowerCase() === `${scheme}://${host?.toLowerCase()}`) return;
  throw new Fault('http/origin-forbidden', 'The request does not come from the console');
}

/** Where this machine needs no credential: its browser is on it, too, and any page may have it ask.
 *  @see Fetch Metadata Request Headers §2.1 */
function checkSite(request: FastifyRequest, ports: GuardPorts): void {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new Fault('http/origin-forbidden', 'A page of another site asks');
  }
  checkOrigin(request, ports, false);
}

/** @see OWASP Secure Headers Project */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; " +
    "frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** Sets the headers that confine the console; answers of the API are never cached. */
export async function setSecurityHeaders(
  _request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  reply.headers(HEADERS);
  if (reply.getHeader('cache-control') === undefined) reply.header('cache-control', 'no-store');
}
