/** Envoy's secret discovery: certificates, and what verifies them, for Envoys of this machine. */
export { SdsConfig } from './config.ts';
export { SDS_EVENTS, type SdsEvent } from './notices.ts';
export { type SdsOptions, secretDiscovery } from './service.ts';
