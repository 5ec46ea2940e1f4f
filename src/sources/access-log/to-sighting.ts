import { CODES, httpStatusOf } from '../../base/grpc/codes.ts';
import type { Party, Sighting } from '../../estate/index.ts';
import { believedTime, type JudgePayload, toParty } from '../../estate/sighting/index.ts';
import { detached } from '../detached.ts';
import {
  isGrpcPath,
  isOperationalAgent,
  isPath,
  type Parties,
  parameterNames,
  parseHost,
  samplesOfQuery,
  splitTarget,
  type Target,
} from '../requests/index.ts';
import { isServiceName } from '../service-name.ts';
import type { DropReason, LoggedRequest } from './logged-request.ts';

/** Of what a log's requests are, where its lines do not say so themselves. */
export interface LogSubject {
  /** The service that the operator says the log is of; comes before the host of a line. */
  readonly service?: string;
  readonly namespace?: string;
  readonly environment?: string;
  /** The service of lines that name neither service nor host. */
  readonly fallbackService?: string;
  /** What time to take for the one that a line gives: `believedTime`, unless old logs are read.
   *  @param now on the clock of whoever reads */
  readonly believe?: (time: number, now: number) => number;
}

/** For logs that are read long after they were written: nothing is older than 1970 or newer than now. */
export function pastTime(time: number, now: number): number {
  return Math.max(0, Math.min(time, now));
}

const METHOD = /^[A-Za-z][A-Za-z_-]{0,19}$/;
/** A name as people and orchestrators give it: no blanks, slashes or control characters. */
const SPIFFE = /^spiffe:\/\/[^\s\p{Cc}]{1,2039}$/u;

/** What a logged request says in the words of the estate.
 *  @param now milliseconds since 1970, on the clock of whoever reads the log
 *  @param judge of the values of the query; without it, none is looked at */
export function toSighting(
  request: LoggedRequest,
  subject: LogSubject,
  parties: Parties,
  now: number,
  judge?: JudgePayload,
): Sighting | DropReason {
  if (!METHOD.test(request.method)) return 'malformed request line';
  const method = request.method.toUpperCase();
  if (method === 'OPTIONS') return 'preflight';
  if (method === 'CONNECT') return 'tunnel';
  const target = splitTarget(request.target);
  if (target === undefined || !isPath(target.path)) return 'malformed path';
  const service = serviceOf(request, target, subject, parties);
  if (service === undefined) return 'names no service';
  const at = (subject.believe ?? believedTime)(request.time ?? now, now);
  const query = target.query ?? request.query?.replace(/^\?/, '');
  const parameters = query ? parameterNames(query) : [];
  const operation = operationOf(request, method, target.path);
  const samples = samplesOfQuery(judge, { service, ...operation }, query);
  return {
    service,
    ...operation,
    status: statusOf(request),
    count: 1,
    firstAt: at,
    lastAt: at,
    ...callerOf(request, parties),
    ...(request.credential !== undefined && { credential: request.credential }),
    ...(parameters.length > 0 && { parameters: parameters.map(detached) }),
    ...(isOperationalAgent(request.userAgent) && { isOperational: true }),
    ...(samples && { samples }),
  };
}

function operationOf(
  { isGrpc, route }: LoggedRequest,
  method: string,
  path: string,
): Pick<Sighting, 'protocol' | 'method' | 'path' | 'route'> {
  if (isGrpc && method === 'POST' && isGrpcPath(path)) {
    return { protocol: 'grpc', method: 'RPC', path: detached(path) };
  }
  const template = route === undefined ? undefined : toTemplate(route);
  return {
    protocol: 'http',
    method,
    // What is learnt outlives the line, which may be long.
    path: detached(path),
    ...(template !== undefined && { route: template }),
  };
}

/** A route as frameworks write it (`/orders/:id`, `/orders/<int:id>`) as a template; undefined for one
 *  with patterns or wildcards in it. */
function toTemplate(route: string): string | undefined {
  if (route.length > 512) return undefined;
  const template = route.split('/').map(toSegment).join('/');
  return /^(?:\/(?:[\w.~%@,;:=+!$'-]|\{\w{1,61}\})*)+$/.test(template) ? template : undefined;
}

function toSegment(segment: string): string {
  const name = /^(?::|<(?:[a-z]{1,20}:)?)([A-Za-z_]\w{0,60})>?$/.exec(segment)?.[1];
  return name === undefined ? segment : `{${name}}`;
}

const CODE_BY_NAME = new Map<string, number>(
  CODES.map(({ name }, code) => [name.replaceAll('_', ''), code]),
);

/** gRPC answers 200 to everything, and says in its own status how it went. */
function statusOf({ status, grpcStatus }: LoggedRequest): number {
  if (grpcStatus === undefined) return status;
  const name = grpcStatus.replace(/[_ ]/g, '').toUpperCase();
  const code = /^\d{1,2}$/.test(grpcStatus)
    ? Number(grpcStatus)
    : CODE_BY_NAME.get(name === 'CANCELED' ? 'CANCELLED' : name);
  return (code === undefined ? undefined : httpStatusOf(code)) ?? status;
}

function serviceOf(
  request: LoggedRequest,
  target: Target,
  subject: LogSubject,
  parties: Parties,
): Party | undefined {
  const name = [request.service, subject.service].find(
    (one) => one !== undefined && isServiceName(one),
  );
  if (name !== undefined) return namedParty(name, request, subject, parties);
  const address = parseHost(request.host ?? target.host ?? '');
  if (address !== undefined) {
    const { host, port } = address;
    return parties.of(`@${host}:${port}`, () =>
      toParty({ by: 'address', host: detached(host), ...(port !== undefined && { port }) }),
    );
  }
  const last = request.cluster ?? subject.fallbackService;
  return last === undefined ? undefined : namedParty(last, request, subject, parties);
}

function namedParty(
  name: string,
  request: LoggedRequest,
  subject: LogSubject,
  parties: Parties,
): Party {
  const namespace = scopeOf(request.namespace) ?? subject.namespace;
  const environment = scopeOf(request.environment) ?? subject.environment;
  return parties.of(`${environment ?? ''}/${namespace ?? ''}/${name}`, () =>
    toParty({
      by: 'name',
      name: detached(name),
      ...(namespace !== undefined && { namespace: detached(namespace) }),
      ...(environment !== undefined && { environment: detached(environment) }),
    }),
  );
}

function scopeOf(name: string | undefined): string | undefined {
  return name !== undefined && isServiceName(name) ? name : undefined;
}

/** Only an identity that the logging party has verified; addresses of clients say too little. */
function callerOf(
  { peer }: LoggedRequest,
  parties: Parties,
): Pick<Sighting, 'caller' | 'isCallerProved'> {
  if (peer === undefined || !SPIFFE.test(peer)) return {};
  const caller = parties.of(peer, () => toParty({ by: 'identity', identity: detached(peer) }));
  return { caller, isCallerProved: true };
}
