import type { Context, MiddlewareHandler } from 'hono';
import { toTemplate } from '../authorization/index.ts';
import type { Caller } from '../caller.ts';
import { sentPathOf } from './arrival.ts';
import { type Arrival, createGate } from './gate.ts';
import type { CallerOptions } from './options.ts';
import { toProblemResponse } from './refusal.ts';

/** Everybody who comes through has a caller. */
export interface StrictCallerOptions extends Omit<CallerOptions, 'optional' | 'public'> {
  readonly optional?: false;
  readonly public?: never;
}

type Hands<Variable> = MiddlewareHandler<{ Variables: { caller: Variable } }>;

/** Middleware for Hono on `@hono/node-server` that lets verified callers in, as `c.get('caller')`.
 *  @throws {ReeveError} `middleware/options-invalid` */
export function requireCaller(options?: StrictCallerOptions): Hands<Caller>;
export function requireCaller(options: CallerOptions): Hands<Caller | undefined>;
export function requireCaller(
  options: CallerOptions | StrictCallerOptions = {},
): MiddlewareHandler {
  const gate = createGate(options);
  return async (c, next) => {
    const outcome = await gate(arrivalOf(c));
    if (!outcome.admitted) {
      const problem = toProblemResponse(outcome.refusal, options.jwt !== undefined);
      return new Response(problem.body, problem);
    }
    c.set('caller', outcome.caller);
    await next();
  };
}

function arrivalOf(c: Context): Arrival {
  const raw = incomingOf(c.env);
  const target = raw && 'url' in raw && typeof raw.url === 'string' ? raw.url : c.req.url;
  return {
    raw,
    authorization: c.req.header('authorization'),
    method: c.req.method,
    path: c.req.path,
    // Hono decodes the path that it routes by
    sentPath: sentPathOf(target),
    template: templateOf(c),
  };
}

/** What `@hono/node-server` hands over; other servers have no connection to show. */
function incomingOf(env: unknown): object | undefined {
  if (typeof env !== 'object' || env === null || !('incoming' in env)) return undefined;
  const { incoming } = env;
  return typeof incoming === 'object' && incoming !== null ? incoming : undefined;
}

/** That of the route which answers: the first behind this middleware, if it is for this method only.
 *  What is for all methods may be middleware and let the request pass. */
function templateOf({ req }: Context): string | undefined {
  const behind = (req.matchedRoutes ?? [])
    .slice(req.routeIndex + 1)
    .filter(({ method, path }) => method !== 'ALL' || !path.endsWith('*'));
  const [first, ...others] = behind;
  if (first === undefined) return undefined;
  const isClear = first.method !== 'ALL' || others.every(({ path }) => path === first.path);
  return isClear ? toTemplate(first.path, '{}') : undefined;
}
