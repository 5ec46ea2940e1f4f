/** A client of the SPIFFE Workload API. */
export { ENDPOINT_VARIABLE, type WorkloadAddress, workloadAddress } from './address.ts';
export { WorkloadApiClient, type WorkloadApiClientOptions } from './client.ts';
export { follow, type Watcher } from './follow.ts';
export { DEFAULT_GRPC_LIMITS, GrpcConnection, type GrpcLimits } from './grpc.ts';
export type {
  CheckedJwtSvid,
  RawJwtSvid,
  RawX509Svid,
  X509BundlesResponse,
  X509SvidResponse,
} from './messages.ts';
export { bytesOf, fieldsOf, textField, textOf } from './protobuf.ts';
