import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Caller } from '../caller.ts';
import { arrivalOf, type RawRequest } from './arrival.ts';
import { createGate } from './gate.ts';
import type { CallerOptions } from './options.ts';
import { toProblemResponse } from './refusal.ts';
import { sendProblem } from './send-problem.ts';

type Response = ServerResponse | Http2ServerResponse;

/** A listener for the `request` event of Node's servers that only verified callers reach. `template`
 *  tells the route of a request, for authorisation that goes by routes.
 *  @throws {ReeveError} `middleware/options-invalid` */
export function requireCaller<Req extends RawRequest, Res extends Response>(
  options: CallerOptions,
  listener: (request: Req, response: Res, caller: Caller | undefined) => unknown,
  template: (request: Req) => string | undefined = () => undefined,
): (request: Req, response: Res) => Promise<void> {
  const gate = createGate(options);
  return async (request, response) => {
    const outcome = await gate(arrivalOf(request, template(request)));
    if (outcome.admitted) await listener(request, response, outcome.caller);
    else sendProblem(response, outcome.refusal, options);
  };
}

/** A listener for the `upgrade` event that only verified callers reach: WebSockets pass by the middleware
 *  of most frameworks. The caller is who connected; what is sent later is not asked about again.
 *  @throws {ReeveError} `middleware/options-invalid` */
export function requireCallerOnUpgrade(
  options: CallerOptions,
  listener: (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    caller: Caller | undefined,
  ) => unknown,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void> {
  const gate = createGate(options);
  return async (request, socket, head) => {
    // While it is asked who is calling nobody else listens, and a peer may go.
    const ignore = () => {};
    socket.on('error', ignore);
    const outcome = await gate(arrivalOf(request, undefined));
    if (!outcome.admitted)
      return refuseUpgrade(socket, toProblemResponse(outcome.refusal, options.jwt !== undefined));
    socket.off('error', ignore);
    if (!socket.destroyed) await listener(request, socket, head, outcome.caller);
  };
}

const REASONS: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  503: 'Service Unavailable',
};

/** What was upgraded is nobody's but ours: a peer that does not end its half must not hold the other. */
function refuseUpgrade(
  socket: Duplex,
  { status, headers, body }: ReturnType<typeof toProblemResponse>,
): void {
  const lines = Object.entries({
    ...headers,
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${REASONS[status]}\r\n${lines.join('')}\r\n${body}`);
}
