import { pick, textAt } from '../../base/pick.ts';
import { type SpanOperation, type SpanParty, socketAddress } from '../../estate/spans/index.ts';
import { detached } from '../detached.ts';
import { isGrpcPath, parseHost, usableTarget } from '../requests/index.ts';
import { isServiceName } from '../service-name.ts';

/** What both kinds of lines hold, read alike. Every text that is kept is cut out of its line. */

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** Milliseconds since 1970 of an RFC 3339 time; undefined for what is none. */
export function timeOf(text: string | undefined): number | undefined {
  if (text === undefined || !TIME.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

const WITH_PORT = /^(?:\[([^\]]{2,64})\]|([^:\s]{2,64})):\d{1,5}$/;

/** The address of `10.0.0.1:4711` and `[fd00::1]:4711`, or of one without a port. */
export function addressIn(text: string | undefined): string | undefined {
  if (text === undefined || text.length > 80) return undefined;
  const [, six, four] = WITH_PORT.exec(text) ?? [];
  const address = socketAddress(six ?? four ?? text);
  return address === undefined ? undefined : detached(address);
}

/** The name of a field, or the steps to it. */
export type FieldName = string | readonly string[];

/** The first of several fields that holds text; the dash stands for nothing. */
export function firstText(line: unknown, names: readonly FieldName[]): string | undefined {
  for (const name of names) {
    const text = typeof name === 'string' ? textAt(line, name) : textAt(line, ...name);
    if (text !== undefined && text !== '' && text !== '-') return text;
  }
  return undefined;
}

/** A number that may stand as text; 0 for what is none. */
export function numberIn(line: unknown, ...path: readonly string[]): number {
  const value = pick(line, ...path);
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && number >= 0 && number < 1e15 ? number : 0;
}

const METHOD = /^[A-Z]{1,20}$/;
/** Methods that ask a service for nothing. */
const NO_REQUESTS: ReadonlySet<string> = new Set(['OPTIONS', 'CONNECT', 'TRACE']);
/** A package before the service: no path of plain HTTP looks like that by chance. */
const GRPC_PACKAGE = /^\/[A-Za-z_]\w*\.[\w.]*\/[A-Z]/;

/** What was asked for; undefined where that is no request of a service. */
export function operationOf(
  method: string | undefined,
  path: string | undefined,
  protocol: string | undefined,
): SpanOperation | undefined {
  if (method === undefined || !METHOD.test(method) || NO_REQUESTS.has(method)) return undefined;
  const target = path === undefined ? undefined : usableTarget(path);
  if (target === undefined) return undefined;
  const asked = detached(target.path);
  const isGrpc = method === 'POST' && /^HTTP\/[23]/i.test(protocol ?? '') && isGrpcPath(asked);
  if (isGrpc && GRPC_PACKAGE.test(asked)) return { protocol: 'grpc', method: 'RPC', path: asked };
  // HEAD is answered by what answers GET.
  return { protocol: 'http', method: method === 'HEAD' ? 'GET' : method, path: asked };
}

/** A text that may be a name; undefined for what is none. */
export function wordOf(text: string | undefined): string | undefined {
  return text !== undefined && isServiceName(text) ? detached(text) : undefined;
}

/** A service by its name; undefined for what is no name. */
export function namedParty(
  name: string | undefined,
  namespace: string | undefined,
): SpanParty | undefined {
  if (name === undefined || !isServiceName(name)) return undefined;
  const isKnown = namespace !== undefined && isServiceName(namespace);
  return { by: 'name', name: detached(name), ...(isKnown && { namespace: detached(namespace) }) };
}

/** A service by its host.
 *  @param text a host with or without a port
 *  @param namespace that the host is seen from */
export function hostParty(
  text: string | undefined,
  namespace: string | undefined,
): SpanParty | undefined {
  const address = text === undefined ? undefined : parseHost(text);
  if (address === undefined) return undefined;
  return {
    by: 'address',
    host: detached(address.host),
    ...(address.port !== undefined && { port: address.port }),
    ...(namespace !== undefined && isServiceName(namespace) && { namespace: detached(namespace) }),
  };
}
