/** Servers and clients of mutual TLS. */
export { type Accept, type AcceptRule, memberOf } from './accept.ts';
export { createMtlsAgent, MtlsAgent, type MtlsAgentOptions } from './agent.ts';
export type { TlsVersion } from './credentials.ts';
export type { MtlsClientOptions } from './dialer.ts';
export { createMtlsFetch, type MtlsFetch } from './fetch/index.ts';
export type { MtlsServerOptions } from './guard.ts';
export {
  createMtlsHttp2Server,
  createMtlsServer,
  type MtlsHttp2Options,
  type MtlsHttpsOptions,
} from './server.ts';
export {
  type ConnectDone,
  type ConnectWish,
  createMtlsConnector,
  createMtlsDispatcher,
  type MtlsConnector,
  type MtlsConnectorOptions,
  type Undici,
  type UndiciDispatcher,
} from './undici.ts';
