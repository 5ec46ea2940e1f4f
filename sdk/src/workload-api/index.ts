/** A client of the SPIFFE Workload API. */
export { ENDPOINT_VARIABLE, type WorkloadAddress, workloadAddress } from './address.ts';
export { type Watcher, WorkloadApiClient, type WorkloadApiClientOptions } from './client.ts';
export type { GrpcLimits } from './grpc.ts';
export type {
  CheckedJwtSvid,
  RawJwtSvid,
  RawX509Svid,
  X509BundlesResponse,
  X509SvidResponse,
} from './messages.ts';
