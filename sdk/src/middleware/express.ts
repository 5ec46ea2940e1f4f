import type { Request, RequestHandler } from 'express';
import { toTemplate, withoutLastSlash } from '../authorization/index.ts';
import type { Caller } from '../caller.ts';
import { arrivalOf } from './arrival.ts';
import { createGate } from './gate.ts';
import type { CallerOptions } from './options.ts';
import { sendProblem } from './send-problem.ts';

declare global {
  namespace Express {
    interface Request {
      /** Who is calling, proved; undefined on paths that need no caller, and with `optional`. */
      caller?: Caller | undefined;
    }
  }
}

export interface ExpressCallerOptions extends CallerOptions {
  /** Where Express cannot tell the template, as below a router that is mounted at `/tenants/:tenant`. */
  readonly template?: (request: Request) => string | undefined;
}

/** Middleware for Express 4 and 5 that lets verified callers in, as `request.caller`. On a route it knows
 *  the route's template; on an application or a router it comes before routing, and goes by the path.
 *  @throws {ReeveError} `middleware/options-invalid` */
export function requireCaller(options: ExpressCallerOptions = {}): RequestHandler {
  const { template, ...rest } = options;
  const gate = createGate(rest);
  const middleware: RequestHandler = (request, response, next) => {
    const known = template ? template(request) : templateOf(request, middleware);
    // Within a router `url` is only the part behind where it is mounted.
    gate(arrivalOf(request, known, request.originalUrl)).then((outcome) => {
      if (!outcome.admitted) return sendProblem(response, outcome.refusal, rest);
      request.caller = outcome.caller;
      next();
    }, next);
  };
  return middleware;
}

/** Only of the route that this very middleware stands on: a request keeps the route it has passed. */
function templateOf(request: Request, middleware: RequestHandler): string | undefined {
  const { route, baseUrl } = request;
  if (typeof route?.path !== 'string') return undefined;
  const isHere = route.stack?.some(({ handle }: { handle: unknown }) => handle === middleware);
  const template = isHere ? toTemplate(route.path, '()') : undefined;
  return template && (withoutLastSlash(`${baseUrl}${template}`) || '/');
}
