import type { Sighting } from '../../estate/index.ts';
import { ROLE } from './attributes.ts';
import { isAt } from './bytes.ts';
import { credentialNumber, credentialOf } from './credential.ts';
import { graphqlOperation, MAX_DOCUMENT_BYTES } from './graphql.ts';
import { httpStatusOfGrpc, httpStatusOfGrpcName } from './grpc-status.ts';
import type { KeyWriter } from './key.ts';
import { parameterNames, writeParameterNames } from './query.ts';
import type { OtlpReason } from './reasons.ts';
import { RequestTarget } from './request-target.ts';
import { isCatchAll, isUsablePath, MAX_PATH_BYTES, toRouteTemplate } from './route.ts';
import { SPAN_KIND, type SpanFields } from './span-fields.ts';
import { startsWithProbe } from './user-agent.ts';

/** What a sighting says apart from who was asked, when, and how often. */
export type Operation = Omit<Sighting, 'service' | 'count' | 'firstAt' | 'lastAt'>;

/** What all spans with one key stand for: operations, or a reason why there are none. */
export type Meaning =
  | { readonly operations: readonly Operation[] }
  | { readonly reason: OtlpReason };

/** The first byte of a key. */
const KEY_KIND = { http: 1, rpc: 2, event: 3, graphql: 4 } as const;
const MAX_TOPIC_BYTES = 255;
const NUL = 0;

/** Finds the bytes by which the operation of a span is known, and, for a key that is new, says what it
 *  means. The key of a route holds the route and not the path, so that one key stands for all requests
 *  of a route. */
export class Operations {
  readonly #target = new RequestTarget();
  #kind = 0;
  #isRouted = false;
  #status = 0;
  #namesAt = 0;

  /** Writes the key of the operation that a SERVER, PRODUCER or CONSUMER span stands for; false where
   *  it names none. */
  writeKey(fields: SpanFields, service: number, key: KeyWriter): boolean {
    key.start();
    key.word(service);
    if (fields.kind !== SPAN_KIND.server) return this.#writeEvent(fields, key);
    if (fields.has(ROLE.rpcSystem) && isGrpc(fields)) return this.#writeRpc(fields, key);
    return fields.has(ROLE.httpMethod) && this.#writeHttp(fields, key);
  }

  /** Writes the key of a GraphQL operation, which may lie in a span of its own; false where there is
   *  none. Of the steps of JavaScript's library only the execution names the type. */
  writeGraphqlKey(fields: SpanFields, service: number, key: KeyWriter): boolean {
    const hasType = fields.has(ROLE.graphqlType);
    if (!fields.has(ROLE.graphqlDocument) || !(hasType || fields.kind === SPAN_KIND.server)) {
      return false;
    }
    this.#kind = KEY_KIND.graphql;
    key.start();
    key.word(service);
    key.byte(KEY_KIND.graphql);
    this.#writeRole(fields, ROLE.graphqlName, key, 256);
    this.#writeRole(fields, ROLE.graphqlDocument, key, MAX_DOCUMENT_BYTES + 1);
    return true;
  }

  /** What the key that was written last means. */
  meaning(fields: SpanFields, key: KeyWriter): Meaning {
    if (this.#kind === KEY_KIND.http) return this.#httpMeaning(fields, key);
    if (this.#kind === KEY_KIND.rpc) return this.#rpcMeaning(fields);
    return this.#kind === KEY_KIND.event ? eventMeaning(fields) : graphqlMeaning(fields);
  }

  #writeHttp(fields: SpanFields, key: KeyWriter): boolean {
    const target = this.#target;
    target.locate(fields);
    const hasPath = target.pathEnd > target.pathAt;
    this.#kind = KEY_KIND.http;
    this.#isRouted = fields.has(ROLE.httpRoute) && !(hasPath && isRouteOfAll(fields, target));
    if (!this.#isRouted && !hasPath) return false;
    const status = fields.number(ROLE.httpStatus);
    this.#status = status >= 100 && status <= 999 ? Math.floor(status) : 0;
    key.byte(KEY_KIND.http);
    key.byte((isOperational(fields) ? 1 : 0) | (credentialNumber(fields) << 1));
    key.byte(this.#status);
    key.byte(this.#status >>> 8);
    this.#writeRole(fields, methodRole(fields), key, 64);
    key.byte(this.#isRouted ? 1 : 2);
    if (this.#isRouted) this.#writeRole(fields, ROLE.httpRoute, key, MAX_PATH_BYTES);
    else {
      key.range(fields.bytes, target.pathAt, Math.min(target.pathEnd, target.pathAt + CUT_PATH));
      key.byte(NUL);
    }
    this.#namesAt = key.length;
    if (target.queryEnd > target.queryAt) {
      writeParameterNames(key, fields.bytes, target.queryAt, target.queryEnd);
    }
    return true;
  }

  #httpMeaning(fields: SpanFields, key: KeyWriter): Meaning {
    const { pathAt, pathEnd } = this.#target;
    const named = fields.slice(fields.start(methodRole(fields)), fields.end(methodRole(fields)));
    if (!/^[A-Z]{1,20}$/.test(named)) return { reason: 'unusable method' };
    if (named === 'OPTIONS' && !this.#isRouted) return { reason: 'preflight' };
    const route = this.#isRouted ? toRouteTemplate(fields.text('httpRoute')) : undefined;
    if (this.#isRouted && route === undefined) return { reason: 'unusable path' };
    const raw = pathEnd - pathAt > MAX_PATH_BYTES ? '' : fields.slice(pathAt, pathEnd);
    const path = isUsablePath(raw) ? raw : route;
    if (path === undefined) return { reason: 'unusable path' };
    const credential = credentialOf(credentialNumber(fields));
    const written = Buffer.from(key.bytes.subarray(this.#namesAt, key.length)).toString('utf8');
    const parameters = parameterNames(written);
    const operation: Operation = {
      protocol: 'http',
      // HEAD is answered by what answers GET
      method: named === 'HEAD' ? 'GET' : named,
      path,
      status: this.#status,
      ...(route !== undefined && { route }),
      ...(credential !== undefined && { credential }),
      ...(parameters.length > 0 && { parameters }),
      ...(isOperational(fields) && { isOperational: true }),
    };
    return { operations: [operation] };
  }

  #writeRpc(fields: SpanFields, key: KeyWriter): boolean {
    this.#kind = KEY_KIND.rpc;
    if (!fields.has(ROLE.rpcMethod)) return false;
    const code = fields.has(ROLE.rpcStatus) ? fields.number(ROLE.rpcStatus) : -1;
    this.#status = httpStatusOfGrpc(code);
    key.byte(KEY_KIND.rpc);
    key.byte(this.#status);
    key.byte(this.#status >>> 8);
    if (this.#status === 0) this.#writeRole(fields, ROLE.rpcStatusName, key, 64);
    this.#writeRole(fields, ROLE.rpcService, key, 256);
    this.#writeRole(fields, ROLE.rpcMethod, key, 512);
    return true;
  }

  /** New conventions put service and method into `rpc.method`, old ones apart. */
  #rpcMeaning(fields: SpanFields): Meaning {
    const method = fields.text('rpcMethod');
    const service = fields.text('rpcService');
    const name = GRPC_METHOD.exec(method.includes('/') ? method : `${service}/${method}`);
    if (!name) return { reason: 'no operation' };
    const status = this.#status || httpStatusOfGrpcName(fields.text('rpcStatusName'));
    const isHealth = name[1] === 'grpc.health.v1.Health';
    const operation: Operation = {
      protocol: 'grpc',
      method: 'RPC',
      path: `/${name[1]}/${name[2]}`,
      status,
      ...(isHealth && { isOperational: true }),
    };
    return { operations: [operation] };
  }

  #writeEvent(fields: SpanFields, key: KeyWriter): boolean {
    this.#kind = KEY_KIND.event;
    if (!fields.has(ROLE.messagingSystem) || !fields.has(ROLE.destination)) return false;
    key.byte(KEY_KIND.event);
    key.byte(fields.kind);
    key.byte(fields.number(ROLE.temporary));
    this.#writeRole(fields, ROLE.destination, key, MAX_TOPIC_BYTES + 1);
    return true;
  }

  /** The text of a role, cut, and the mark of its end. */
  #writeRole(fields: SpanFields, role: number, key: KeyWriter, maxBytes: number): void {
    if (fields.has(role)) {
      const start = fields.start(role);
      key.range(fields.bytes, start, Math.min(fields.end(role), start + maxBytes));
    }
    key.byte(NUL);
  }
}

/** A longer path is refused whatever stands behind this, so one key is enough for all of them. */
const CUT_PATH = MAX_PATH_BYTES + 1;
const GRPC_METHOD = /^\/?([A-Za-z_][\w.]{0,254})\/([A-Za-z_]\w{0,127})$/;

function eventMeaning(fields: SpanFields): Meaning {
  if (fields.number(ROLE.temporary) !== 0) return { reason: 'temporary destination' };
  const path = fields.text('destination');
  if (path.length > MAX_TOPIC_BYTES || /\p{Cc}/u.test(path)) return { reason: 'unusable path' };
  const method = fields.kind === SPAN_KIND.producer ? 'PUBLISH' : 'SUBSCRIBE';
  return { operations: [{ protocol: 'event', method, path, status: 0 }] };
}

function graphqlMeaning(fields: SpanFields): Meaning {
  const document = fields.text('graphqlDocument');
  if (document.length > MAX_DOCUMENT_BYTES) return { reason: 'unusable GraphQL' };
  const asked = graphqlOperation(document, fields.text('graphqlName'));
  if (asked === undefined || asked.fields.length === 0) return { reason: 'unusable GraphQL' };
  return {
    operations: asked.fields.map((path) => ({
      protocol: 'graphql',
      method: asked.method,
      path,
      status: 0,
    })),
  };
}

/** The method as sent, where the instrumentation does not know it. */
function methodRole(fields: SpanFields): number {
  const isOther = fields.bytes[fields.start(ROLE.httpMethod)] === UNDERSCORE;
  return isOther && fields.has(ROLE.httpMethodOriginal) ? ROLE.httpMethodOriginal : ROLE.httpMethod;
}
const UNDERSCORE = 0x5f;

/** Where a path is known, a route of `/` or `/*` that is not the path itself is where the handler of
 *  everything is mounted. */
function isRouteOfAll(fields: SpanFields, { pathAt, pathEnd }: RequestTarget): boolean {
  const start = fields.start(ROLE.httpRoute);
  const end = fields.end(ROLE.httpRoute);
  return pathEnd - pathAt > 1 && isCatchAll(fields.bytes, start, end);
}

function isOperational(fields: SpanFields): boolean {
  if (!fields.has(ROLE.userAgent)) return false;
  return startsWithProbe(fields.bytes, fields.start(ROLE.userAgent), fields.end(ROLE.userAgent));
}

function isGrpc(fields: SpanFields): boolean {
  const start = fields.start(ROLE.rpcSystem);
  const length = fields.end(ROLE.rpcSystem) - start;
  for (const system of RPC_SYSTEMS) {
    if (system.length === length && isAt(fields.bytes, start, system)) return true;
  }
  return false;
}
const RPC_SYSTEMS = ['grpc', 'connect_rpc', 'connectrpc'].map((system) => Buffer.from(system));
