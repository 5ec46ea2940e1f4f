/** Access logs that Envoys stream over gRPC. */
export { envoyLimits } from './limits.ts';
export type { EnvoyReason } from './reasons.ts';
export {
  type EnvoyAccessLogLimits,
  type EnvoyAccessLogPorts,
  envoyAccessLogService,
} from './service.ts';
