/** Access logs that Envoys stream over gRPC. */
export { EnvoyConfig, envoyLimits } from './config.ts';
export { ENVOY_REASONS, type EnvoyReason } from './reasons.ts';
export {
  type EnvoyAccessLogLimits,
  type EnvoyAccessLogPorts,
  envoyAccessLogService,
} from './service.ts';
