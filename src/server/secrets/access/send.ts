import type { ServerResponse } from 'node:http';
import { Fault } from '../../../base/fault.ts';
import { RetryFault, toProblem } from '../../http/problem.ts';

/** What no cache may keep, and nobody may take for something else. */
const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, 'application/json', JSON.stringify(value));
}

/** Answers what was thrown as a problem (RFC 9457). What comes with the request is not waited for. */
export function sendProblem(response: ServerResponse, thrown: unknown): number {
  const fault = thrown instanceof Fault ? thrown : new Fault('secrets/failed', 'It failed');
  const problem = toProblem(fault);
  if (fault instanceof RetryFault) response.setHeader('retry-after', fault.retrySeconds);
  else if (problem.status === 503) response.setHeader('retry-after', 5);
  if (problem.status === 401) response.setHeader('www-authenticate', 'Bearer realm="reeve"');
  if (!response.req.complete) response.setHeader('connection', 'close');
  send(response, problem.status, 'application/problem+json', JSON.stringify(problem));
  return problem.status;
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, {
    ...HEADERS,
    'content-type': type,
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
