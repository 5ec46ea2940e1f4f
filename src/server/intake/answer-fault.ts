import type { IncomingMessage, ServerResponse } from 'node:http';
import { Fault, messageOf, statusOf } from '../../base/fault.ts';
import { isCounted, refusalOf } from '../../sources/otlp/index.ts';

/** Tells whoever posted a log why it was not taken, and counts that once.
 *  @param otherwise the code where it was no fault of his */
export function answerFault(
  request: IncomingMessage,
  response: ServerResponse,
  thrown: unknown,
  otherwise: string,
  count: (outcome: 'refused', reason: string, count: number) => void,
): void {
  const code = thrown instanceof Fault ? thrown.code : otherwise;
  if (!isCounted(request)) count('refused', refusalOf(thrown), 1);
  if (response.destroyed || response.headersSent) return;
  // the rest of a body that is not read must not be taken for the next request
  if (!request.complete) response.setHeader('connection', 'close');
  const message = thrown instanceof Fault ? messageOf(thrown) : 'The log could not be stored';
  response
    .writeHead(statusOf(code).http, { 'content-type': 'application/json' })
    .end(JSON.stringify({ message }));
}
