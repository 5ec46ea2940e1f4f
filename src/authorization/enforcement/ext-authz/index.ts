/** Envoy's external authorisation over gRPC. */
export type { ServicesOf } from './callee.ts';
export { RESERVED_PREFIX, SERVICE_EXTENSION } from './check-request.ts';
export { REASON_HEADER } from './check-response.ts';
export {
  CHECK_OUTCOMES,
  CHECK_REASONS,
  type CheckOutcome,
  type CheckReason,
} from './reasons.ts';
export { check, EXT_AUTHZ, EXT_AUTHZ_LIMITS, type ExtAuthzPorts, extAuthz } from './service.ts';
