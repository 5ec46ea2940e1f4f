/** The bundle endpoint: where other trust domains fetch the bundle of this one. */
export type { ServerSvid, SvidSource } from './credentials.ts';
export { type BundleEndpoint, type BundleEndpointPorts, serveBundleEndpoint } from './serve.ts';
