import { type KeyWriter, writeRole } from '../counting/index.ts';
import { ROLE, type SpanFields } from '../reading/index.ts';
import { isSame } from './bytes.ts';
import { credentialNumber, credentialOf } from './credential.ts';
import { KEY_KIND, writeStatus } from './key-parts.ts';
import type { Meaning, Operation, ProtocolMeaning } from './operation.ts';
import { hasValue, writeShape } from './path-shape.ts';
import { parameterNames, writeParameterNames } from './query.ts';
import { RequestTarget } from './request-target.ts';
import { isCatchAll, isUsablePath, MAX_PATH_BYTES, toRouteTemplate } from './route.ts';
import { startsWithProbe } from './user-agent.ts';

const METHOD = /^[A-Z]{1,20}$/;
const MAX_METHOD_BYTES = 64;
const UNDERSCORE = 0x5f;

/** HTTP requests that a service answered. The key of a route holds the route and not the path, so that
 *  one key stands for all requests of a route.
 *
 *  Those who call know no routes. Of what they asked for, the key holds the shape of the path, so that one key stands for
 *  all requests that are alike, and nothing of the query. */
export class HttpMeaning implements ProtocolMeaning {
  readonly #isOfCallers: boolean;
  readonly #target = new RequestTarget();
  #isRouted = false;
  #status = 0;
  /** Where the names of parameters start in the key. */
  #namesAt = 0;

  constructor({ isOfCallers = false } = {}) {
    this.#isOfCallers = isOfCallers;
  }

  writeKey(fields: SpanFields, key: KeyWriter): boolean {
    if (!fields.has(ROLE.httpMethod)) return false;
    const target = this.#target;
    target.locate(fields);
    const hasPath = target.pathEnd > target.pathAt;
    this.#isRouted = fields.has(ROLE.httpRoute) && !(hasPath && isNoRoute(fields, target));
    if (!this.#isRouted && !hasPath) return false;
    this.#status = statusOf(fields);
    key.byte(KEY_KIND.http);
    key.byte((isOperational(fields) ? 1 : 0) | (credentialNumber(fields) << 1));
    writeStatus(key, this.#status);
    writeRole(fields, methodRole(fields), key, MAX_METHOD_BYTES);
    key.byte(this.#isRouted ? 1 : 0);
    if (this.#isRouted) writeRole(fields, ROLE.httpRoute, key, MAX_PATH_BYTES);
    else writePath(fields, target, key, this.#isOfCallers);
    this.#namesAt = key.length;
    if (target.queryEnd > target.queryAt && !this.#isOfCallers) {
      writeParameterNames(key, fields.bytes, target.queryAt, target.queryEnd);
    }
    return true;
  }

  meaning(fields: SpanFields, key: KeyWriter): Meaning {
    const role = methodRole(fields);
    const named = fields.slice(fields.start(role), fields.end(role));
    if (!METHOD.test(named)) return { reason: 'unusable method' };
    if (named === 'OPTIONS' && !this.#isRouted) return { reason: 'preflight' };
    const route = this.#isRouted ? toRouteTemplate(fields.text('httpRoute')) : undefined;
    const path = this.#path(fields) ?? route;
    if (path === undefined || (this.#isRouted && route === undefined)) {
      return { reason: 'unusable path' };
    }
    const credential = credentialOf(credentialNumber(fields));
    const parameters = parameterNames(key.text(this.#namesAt));
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

  /** The path as it was sent, if it is one that can be kept. */
  #path(fields: SpanFields): string | undefined {
    const { pathAt, pathEnd } = this.#target;
    if (pathEnd - pathAt > MAX_PATH_BYTES) return undefined;
    const path = fields.slice(pathAt, pathEnd);
    return isUsablePath(path) ? path : undefined;
  }
}

function statusOf(fields: SpanFields): number {
  const status = fields.number(ROLE.httpStatus);
  return status >= 100 && status <= 999 ? Math.floor(status) : 0;
}

/** A path over the limit is refused whatever stands behind it: one key is enough for all of them. */
function writePath(
  { bytes }: SpanFields,
  { pathAt, pathEnd }: RequestTarget,
  key: KeyWriter,
  isOfCallers: boolean,
): void {
  const isTooLong = pathEnd - pathAt > MAX_PATH_BYTES;
  if (isOfCallers && !isTooLong) writeShape(bytes, pathAt, pathEnd, key);
  else key.range(bytes, pathAt, isTooLong ? pathAt + MAX_PATH_BYTES + 1 : pathEnd);
  key.byte(0);
}

/** The method as sent, where the instrumentation does not know it. */
function methodRole(fields: SpanFields): number {
  const isOther = fields.bytes[fields.start(ROLE.httpMethod)] === UNDERSCORE;
  return isOther && fields.has(ROLE.httpMethodOriginal) ? ROLE.httpMethodOriginal : ROLE.httpMethod;
}

/** Where a path is known, a route of `/` or `/*` that is not the path itself is where the handler of
 *  everything is mounted. Some instrumentation puts the path in the place of the route: values show it. */
function isNoRoute(fields: SpanFields, { pathAt, pathEnd }: RequestTarget): boolean {
  const start = fields.start(ROLE.httpRoute);
  const end = fields.end(ROLE.httpRoute);
  const { bytes } = fields;
  if (pathEnd - pathAt > 1 && isCatchAll(bytes, start, end)) return true;
  return end - start === pathEnd - pathAt && isSame(bytes, start, pathAt, end - start)
    ? hasValue(bytes, start, end)
    : false;
}

function isOperational(fields: SpanFields): boolean {
  if (!fields.has(ROLE.userAgent)) return false;
  return startsWithProbe(fields.bytes, fields.start(ROLE.userAgent), fields.end(ROLE.userAgent));
}
