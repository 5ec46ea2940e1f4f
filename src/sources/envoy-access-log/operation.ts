import { httpStatusOf } from '../../base/grpc/index.ts';
import type { CredentialSeen, Sighting } from '../../estate/index.ts';
import { detached } from '../detached.ts';
import { isGrpcPath, parameterNames, usableTarget } from '../requests/index.ts';
import type { HttpEntry } from './http-entry.ts';
import type { EnvoyReason } from './reasons.ts';

/** A package before the service: no path of plain HTTP looks like that by chance. */
const GRPC_PACKAGE = /^\/[A-Za-z_]\w*\.[\w.]*\/[A-Z]/;

export type Operation = Pick<Sighting, 'protocol' | 'method' | 'path' | 'status' | 'parameters'>;

/** What a request asked for, and how it ended. */
export function operationOf(entry: HttpEntry): Operation | EnvoyReason {
  const { method, status } = entry;
  if (method === undefined || method === 'TRACE') return 'unusable method';
  if (method === 'OPTIONS') return 'preflight';
  if (method === 'CONNECT') return 'tunnel';
  const target = usableTarget(entry.target);
  if (target === undefined) return 'unusable path';
  if (isGrpc(entry, target.path)) {
    return { protocol: 'grpc', method: 'RPC', path: target.path, status: grpcStatusOf(entry) };
  }
  const parameters = target.query ? parameterNames(target.query) : [];
  return {
    protocol: 'http',
    // HEAD is answered by what answers GET.
    method: method === 'HEAD' ? 'GET' : method,
    // The target held the values of parameters, and the path must not keep them in memory.
    path: detached(target.path),
    status,
    ...(parameters.length > 0 && { parameters: parameters.map(detached) }),
  };
}

/** By its content type where that is logged; else by a path that names a package, over HTTP/2. */
function isGrpc(entry: HttpEntry, path: string): boolean {
  const { method, isMultiplexed, requestHeaders, responseHeaders } = entry;
  if (method !== 'POST' || !isGrpcPath(path)) return false;
  if (requestHeaders.isGrpc || responseHeaders.isGrpc) return true;
  return isMultiplexed && GRPC_PACKAGE.test(path);
}

/** gRPC answers 200 to everything and says in its own status how it went, which is only known where
 *  Envoy was told to log it. */
function grpcStatusOf({ status, requestHeaders, responseHeaders }: HttpEntry): number {
  const code = responseHeaders.grpcStatus ?? requestHeaders.grpcStatus;
  const known = code === undefined ? undefined : httpStatusOf(code);
  return known ?? (status === 200 ? 0 : status);
}

/** With what a request authenticated, as far as the log says. */
export function credentialSeen({ common, requestHeaders }: HttpEntry): CredentialSeen | undefined {
  if (common.hasPeerCertificate) return 'mtls';
  return common.hasVerifiedToken ? 'token' : requestHeaders.credential;
}
