/** Envoy's secret discovery: certificates, and what verifies them, for Envoys of this machine; and the port by which they
 *  are told more. */
export { SdsConfig } from './config.ts';
export { SDS_EVENTS, type SdsEvent } from './notices.ts';
export type { DiscoverySource, Resource, Resources } from './resources.ts';
export { type SdsOptions, secretDiscovery } from './service.ts';
