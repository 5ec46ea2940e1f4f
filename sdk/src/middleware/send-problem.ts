import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { CallerOptions } from './options.ts';
import { type Refusal, toProblemResponse } from './refusal.ts';

/** Answers a refusal. */
export function sendProblem(
  response: ServerResponse | Http2ServerResponse,
  refusal: Refusal,
  options: CallerOptions,
): void {
  const { status, headers, body } = toProblemResponse(refusal, options.jwt !== undefined);
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}
