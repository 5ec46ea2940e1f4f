import { fieldsAt, numberAt, pick, textAt } from '../../base/pick.ts';
import type { CredentialSeen, Sighting } from '../../estate/index.ts';
import { believedTime, type JudgePayload } from '../../estate/sighting/index.ts';
import { detached } from '../detached.ts';
import {
  credentialOf,
  isGrpcPath,
  isOperationalAgent,
  parameterNames,
  samplesOfQuery,
  usableTarget,
} from '../requests/index.ts';
import { type KongParties, serviceOf } from './parties.ts';
import type { KongReason } from './reasons.ts';

const METHOD = /^[A-Z][A-Z_-]{0,19}$/;

/** What one entry says; the reason where it is not taken.
 *  @param now milliseconds since 1970
 *  @param judge of the values of the query; without it, none is looked at
 *  @see Kong, `kong.log.serialize` */
export function toSighting(
  entry: unknown,
  parties: KongParties,
  now: number,
  judge?: JudgePayload,
): Sighting | KongReason {
  const method = textAt(entry, 'request', 'method');
  if (method === undefined) return 'not a request';
  if (!METHOD.test(method)) return 'unusable method';
  if (method === 'OPTIONS') return 'preflight';
  if (method === 'CONNECT') return 'tunnel';
  const service = serviceOf(pick(entry, 'service'), parties);
  if (service === undefined) {
    return pick(entry, 'service') === undefined ? 'reached no service' : 'names no service';
  }
  const target = usableTarget(targetOf(entry));
  if (target === undefined) return 'unusable path';
  const at = believedTime(numberAt(entry, 'started_at') ?? now, now);
  const parameters = target.query ? parameterNames(target.query) : [];
  const credential = credentialSeen(entry);
  const operation = operationOf(entry, method, detached(target.path));
  const samples = samplesOfQuery(judge, { service, ...operation }, target.query);
  return {
    service,
    ...operation,
    status: statusOf(entry),
    count: 1,
    firstAt: at,
    lastAt: at,
    ...callerOf(entry, credential, parties),
    ...(credential !== undefined && { credential }),
    ...(parameters.length > 0 && { parameters: parameters.map(detached) }),
    ...(isOperationalAgent(headerOf(entry, 'user-agent')) && { isOperational: true }),
    ...(samples && { samples }),
  };
}

/** As the service saw it, which is not as the client sent it where the route strips its path. */
function targetOf(entry: unknown): string {
  const seen = textAt(entry, 'upstream_uri');
  return seen || (textAt(entry, 'request', 'uri') ?? '');
}

function operationOf(
  entry: unknown,
  method: string,
  path: string,
): Pick<Sighting, 'protocol' | 'method' | 'path'> {
  const protocol = textAt(entry, 'service', 'protocol') ?? '';
  const isGrpc =
    /^grpcs?$/.test(protocol) || headerOf(entry, 'content-type')?.startsWith('application/grpc');
  if (isGrpc && method === 'POST' && isGrpcPath(path)) {
    return { protocol: 'grpc', method: 'RPC', path };
  }
  // HEAD is answered by what answers GET.
  return { protocol: 'http', method: method === 'HEAD' ? 'GET' : method, path };
}

function statusOf(entry: unknown): number {
  const status = numberAt(entry, 'response', 'status') ?? 0;
  return Number.isInteger(status) && status >= 100 && status <= 999 ? status : 0;
}

/** Kong logs all headers, with `authorization` made unreadable, so what is not there was not sent. A
 *  plugin that has verified a credential may have taken it out of the request before. */
function credentialSeen(entry: unknown): CredentialSeen | undefined {
  if (textAt(entry, 'request', 'tls', 'client_verify') === 'SUCCESS') return 'mtls';
  if (pick(entry, 'request', 'headers') === undefined) return undefined;
  const seen = credentialOf(Object.entries(fieldsAt(entry, 'request', 'headers')));
  if (seen !== 'none') return seen;
  const hasKey = Object.keys(fieldsAt(entry, 'request', 'querystring')).some((name) =>
    /^(?:x-)?api[-_]?key$/i.test(name),
  );
  if (hasKey) return 'api-key';
  return isAuthenticated(entry) ? 'token' : 'none';
}

function isAuthenticated(entry: unknown): boolean {
  return textAt(entry, 'authenticated_entity', 'id') !== undefined;
}

/** The consumer whose credential Kong has verified. One without a credential is who anybody is taken
 *  for (`anonymous`), unless the connection is of mTLS. */
function callerOf(
  entry: unknown,
  credential: CredentialSeen | undefined,
  parties: KongParties,
): Pick<Sighting, 'caller' | 'isCallerProved'> {
  const isProved = credential === 'mtls';
  if (!isAuthenticated(entry) && !isProved) return {};
  const caller = parties.consumer(
    textAt(entry, 'consumer', 'username') ?? textAt(entry, 'consumer', 'custom_id'),
  );
  if (caller === undefined) return {};
  return { caller, ...(isProved && { isCallerProved: true }) };
}

function headerOf(entry: unknown, name: string): string | undefined {
  const value = pick(entry, 'request', 'headers', name);
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
}
