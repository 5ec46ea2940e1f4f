import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Fault, messageOf, statusOf } from '../../base/fault.ts';
import type { Log } from '../../base/log.ts';

/** An error as the API tells it.
 *  @see RFC 9457 */
export const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  /** Stable: `domain/what-is-wrong`. */
  code: z.string(),
  /** What to do. */
  hint: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  429: 'Too many requests',
  500: 'Internal fault',
  501: 'Not implemented',
  503: 'Unavailable',
};

/** A fault that says when to come back. */
export class RetryFault extends Fault {
  readonly retrySeconds: number;

  constructor(code: string, message: string, retrySeconds: number) {
    super(code, message, { hint: `try again in ${retrySeconds} s` });
    this.retrySeconds = retrySeconds;
  }
}

export function toProblem(fault: Fault): Problem {
  const status = statusOf(fault.code).http;
  const isInternal = status === 500;
  return {
    type: `https://reeve.dev/problems/${fault.code}`,
    title: TITLES[status] ?? 'Error',
    status,
    // What broke inside is for the log.
    detail: isInternal ? 'Something broke inside; the log says what' : fault.message,
    code: fault.code,
    ...(fault.hint !== undefined && !isInternal && { hint: fault.hint }),
  };
}

/** Answers whatever was thrown as a problem. */
export function createErrorHandler(log: Log) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const fault = toFault(thrown);
    const problem = toProblem(fault);
    if (problem.status >= 500) {
      log.error(
        { code: fault.code, method: request.method, route: request.routeOptions.url, err: thrown },
        messageOf(thrown),
      );
    }
    if (fault instanceof RetryFault) reply.header('retry-after', fault.retrySeconds);
    else if (problem.status === 503) reply.header('retry-after', 5);
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="reeve"');
    return reply
      .code(problem.status)
      .header('content-type', 'application/problem+json')
      .send(JSON.stringify(problem));
  };
}

/** What Fastify itself refuses, by its status. */
const FRAMEWORK_CODES: Readonly<Record<number, string>> = {
  400: 'http/malformed',
  404: 'http/not-found',
  413: 'http/body-too-large',
  414: 'http/malformed',
  415: 'http/unsupported-media-type',
};

function toFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const status = (thrown as { statusCode?: unknown }).statusCode;
  const code = typeof status === 'number' ? FRAMEWORK_CODES[status] : undefined;
  if (code !== undefined) return new Fault(code, messageOf(thrown));
  return new Fault('http/internal', messageOf(thrown), { cause: thrown });
}
