import { callerAttributes } from '@reeve/sdk';
import type { FastifyInstance } from 'fastify';
import { flush } from './exporter.ts';
import { type OpenSpan, parseTraceparent, startSpan, toTraceparent, within } from './tracing.ts';

declare module 'fastify' {
  interface FastifyRequest {
    span?: OpenSpan;
  }
}

/** Makes a span of every request that a service answers. */
export function traced(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, next) => {
    const parent = parseTraceparent(request.headers.traceparent?.toString());
    request.span = startSpan(request.method, 2, parent);
    next();
  });
  // Once the body is read: its events would come outside of the span.
  app.addHook('preHandler', (request, _reply, next) => {
    if (request.span) within(request.span.context, next);
    else next();
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url;
    request.span?.end({
      'http.request.method': request.method,
      'url.path': request.url.split('?', 1)[0] ?? '/',
      ...(route !== undefined && { 'http.route': route }),
      'http.response.status_code': reply.statusCode,
      'network.peer.address': request.socket.remoteAddress ?? '',
      ...callerAttributes(request.raw),
    });
  });
}

/** Calls another service and gives what it answers. `over` says how: in plain text where it is left out. */
export async function call(
  method: 'GET' | 'POST',
  url: string,
  body?: object,
  over: (url: string, init: RequestInit) => Promise<Response> = fetch,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const span = startSpan(method, 3);
  const { hostname, port, pathname } = new URL(url);
  const attributes = {
    'http.request.method': method,
    'server.address': hostname,
    'server.port': Number(port),
    'url.path': pathname,
  };
  try {
    const response = await over(url, {
      method,
      headers: {
        ...headers,
        traceparent: toTraceparent(span.context),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    span.end({ ...attributes, 'http.response.status_code': response.status });
    const answer: unknown = await response.json();
    if (!response.ok) {
      const { message = '' } = answer as { readonly message?: string };
      throw new Error(`${method} ${url} answered ${response.status} ${message}`);
    }
    return answer;
  } catch (thrown) {
    span.end({ ...attributes, 'error.type': 'request_failed' });
    throw thrown;
  }
}

/** Listens, tells the address to whoever started the process, and ends with it. A service that cannot listen says why, and
 *  ends. */
export async function serve(app: FastifyInstance): Promise<void> {
  const host = process.env.HOST ?? '127.0.0.1';
  const port = Number(process.env.PORT ?? 8080);
  try {
    const address = await app.listen({ host, port });
    process.send?.({ address });
  } catch (thrown) {
    await tell(whyNot(thrown, `${host}:${port}`));
    process.exit(1);
  }
  const stop = async (): Promise<void> => {
    await app.close();
    await flush();
    process.exit();
  };
  process.once('SIGTERM', stop);
  // Ctrl-C reaches every process of a terminal; whoever started us says when to end.
  if (process.send) process.on('SIGINT', () => {});
  process.once('disconnect', stop);
}

function whyNot(thrown: unknown, address: string): string {
  const { code, message } = thrown as NodeJS.ErrnoException;
  return code === 'EADDRINUSE' ? `${address} is taken by another program` : message;
}

/** Says to whoever started the process what keeps it from serving: a person reads it. */
async function tell(failure: string): Promise<void> {
  if (process.send) await new Promise((resolve) => process.send?.({ failure }, resolve));
  else console.error(`${failure}: set HOST and PORT to where this service may listen`);
}
