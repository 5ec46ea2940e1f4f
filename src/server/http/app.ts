import { readFileSync } from 'node:fs';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Fault } from '../../base/fault.ts';
import type { Log } from '../../base/log.ts';
import type { Metrics } from '../metrics.ts';
import type { ConsoleAssets } from './console.ts';
import { createGuard, type GuardPorts, setSecurityHeaders } from './guard.ts';
import { type NamedSchemas, toOpenApi } from './openapi.ts';
import type { Asked, Operation } from './operation.ts';
import { createErrorHandler } from './problem.ts';
import { validate } from './validate.ts';

export interface AppPorts {
  readonly operations: readonly Operation[];
  readonly schemas: NamedSchemas;
  readonly guard: GuardPorts;
  readonly console: ConsoleAssets;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly version: string;
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | undefined;
}

const MAX_BODY_BYTES = 64 * 1024;
const MAX_PARAMETER_LENGTH = 4_096;

/** Makes the HTTP server of the API and the console; it does not listen yet. */
export function buildApp(ports: AppPorts): FastifyInstance {
  const { tls } = ports;
  const handleError = createErrorHandler(ports.log);
  const app = Fastify({
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    forceCloseConnections: 'idle',
    logger: false,
    // What fails before a route is found, such as a broken percent-encoding.
    frameworkErrors: (error, request, reply) => {
      handleError(error, request as FastifyRequest, reply as FastifyReply);
    },
    ...(tls && {
      https: {
        cert: readFileSync(tls.certificateFile),
        key: readFileSync(tls.keyFile),
        minVersion: 'TLSv1.2' as const,
      },
    }),
  }) as unknown as FastifyInstance;
  app.setErrorHandler(handleError);
  app.decorateRequest('principal', undefined);
  app.addHook('onRequest', createGuard(ports.guard));
  app.addHook('onSend', async (request, reply) => setSecurityHeaders(request, reply));
  app.addHook('onResponse', async (request, reply) => observe(ports.metrics, request, reply));
  takeEmptyJson(app);
  for (const operation of ports.operations) addOperation(app, operation);
  addDocument(app, ports);
  addConsole(app, ports.console);
  return app;
}

/** A POST without a body says nothing, which is an empty object. */
function takeEmptyJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (request.routeOptions.config.keepsText) return done(null, body);
    try {
      done(null, body === '' ? {} : JSON.parse(body as string));
    } catch {
      done(new Fault('http/body-malformed', 'The body is not JSON'));
    }
  });
}

function addOperation(app: FastifyInstance, operation: Operation): void {
  const {
    method,
    access,
    isByOwner = false,
    keepsText = false,
    params,
    query,
    body,
    status,
  } = operation;
  const { url, paramsOf } = routeOf(operation.path);
  app.route({
    method,
    url,
    config: { access, isByOwner, keepsText },
    bodyLimit: operation.maxBodyBytes ?? MAX_BODY_BYTES,
    handler: async (request, reply) => {
      const asked: Asked<unknown, unknown, unknown> = {
        params: params && validate(params, paramsOf(request.params), 'path'),
        query: query && validate(query, request.query, 'query'),
        body: body && validate(body, request.body ?? {}, 'body'),
        principal: request.principal,
        reply,
      };
      const answer = await operation.handle(asked as Asked<never, never, never>);
      return reply.sent ? reply : reply.code(status).send(answer);
    },
  });
}

/** `{name}` is a segment, and `{name...}` at the end the rest of the path. */
function routeOf(path: string): { url: string; paramsOf: (params: unknown) => unknown } {
  const [, rest] = /\{(\w+)\.\.\.\}$/.exec(path) ?? [];
  const url = path.replace(/\{\w+\.\.\.\}$/, '*').replace(/\{(\w+)\}/g, ':$1');
  if (rest === undefined) return { url, paramsOf: (params) => params };
  const paramsOf = (params: unknown): unknown => {
    const { '*': text, ...others } = params as Readonly<Record<string, string>>;
    return { ...others, [rest]: text };
  };
  return { url, paramsOf };
}

/** The document tells nothing of the estate, so that tools can read it without a token. */
function addDocument(app: FastifyInstance, { operations, schemas, version }: AppPorts): void {
  let document: object | undefined;
  app.get('/openapi.json', { config: { access: 'public' } }, (_request, reply) => {
    document ??= toOpenApi(operations, schemas, version);
    return reply.header('cache-control', 'no-cache').send(document);
  });
}

function addConsole(app: FastifyInstance, console: ConsoleAssets): void {
  app.all('/api/*', () => {
    throw new Fault('http/not-found', 'There is no such operation', {
      hint: '/openapi.json lists every operation',
    });
  });
  app.get('/*', { config: { access: 'public' } }, (request, reply) => console.send(request, reply));
}

function observe(metrics: Metrics, request: FastifyRequest, reply: FastifyReply): void {
  const route = request.routeOptions.url ?? 'none';
  metrics.requests.inc({ route, method: request.method, status: reply.statusCode });
  metrics.requestSeconds.observe({ route }, reply.elapsedTime / 1_000);
}
