import { describeFile } from '../../../base/grpc/index.ts';

/** The name of the service. */
export const AGENT_SERVICE = 'reeve.agent.v1.Agent';

/** The path of a method of the service. */
export const pathOf = (method: AgentMethod): string => `/${AGENT_SERVICE}/${method}`;

/** Every message, as a .proto file has it: `codec.ts` reads and writes by this table. */
export const MESSAGES = {
  TrustRequest: {},
  TrustResponse: { bundle: '1 bytes' },
  AttestRequest: {
    join_token: '1 string',
    kubernetes_token: '2 string',
    csr: '3 bytes',
    host: '4 string',
  },
  RenewRequest: { csr: '1 bytes' },
  AgentSvid: {
    spiffe_id: '1 string',
    chain: '2 repeated bytes',
    expires_at: '3 uint64',
    bundle: '4 bytes',
  },
  WatchRequest: {},
  Update: {
    is_first: '1 bool',
    entries: '2 repeated Entry',
    entries_gone: '3 repeated string',
    denials: '4 repeated Denial',
    denials_gone: '5 repeated string',
    bundles: '6 repeated Bundle',
    bundles_gone: '7 repeated string',
    crls: '8 repeated Crl',
    crls_gone: '9 repeated string',
    reissue_at: '10 uint64',
    is_whole: '11 bool',
  },
  Entry: {
    id: '1 string',
    spiffe_id: '2 string',
    owner: '3 string',
    parent: '4 string',
    selectors: '5 repeated string',
    x509_ttl_seconds: '6 uint64',
    jwt_ttl_seconds: '7 uint64',
    dns_names: '8 repeated string',
    federates_with: '9 repeated string',
    hint: '10 string',
    expires_at: '11 string',
    created_at: '12 string',
  },
  Denial: {
    id: '1 string',
    deny: '2 string',
    value: '3 string',
    issued_before: '4 uint64',
    authority: '5 string',
    why: '6 string',
    until: '7 uint64',
    at: '8 uint64',
  },
  Bundle: { trust_domain: '1 string', document: '2 bytes' },
  Crl: { id: '1 string', der: '2 bytes' },
  WatchPolicyRequest: { revision: '1 string' },
  PolicyPage: { revision: '1 string', bytes: '2 bytes', is_last: '3 bool' },
  SignX509Request: { entry_id: '1 string', csr: '2 bytes' },
  SignX509Response: { chain: '1 repeated bytes', expires_at: '2 uint64' },
  SignJwtRequest: { entry_id: '1 string', audience: '2 repeated string' },
  SignJwtResponse: { token: '1 string', issued_at: '2 uint64', expires_at: '3 uint64' },
} as const;

const METHODS = {
  Trust: 'TrustRequest -> TrustResponse',
  Attest: 'AttestRequest -> AgentSvid',
  Renew: 'RenewRequest -> AgentSvid',
  Watch: 'WatchRequest -> stream Update',
  WatchPolicy: 'WatchPolicyRequest -> stream PolicyPage',
  SignX509: 'SignX509Request -> SignX509Response',
  SignJwt: 'SignJwtRequest -> SignJwtResponse',
} as const;
export type AgentMethod = keyof typeof METHODS;

/** What agents and the server say to each other, as tools ask for it. */
export const AGENT_FILE = describeFile({
  name: 'reeve/agent/v1/agent.proto',
  package: 'reeve.agent.v1',
  messages: MESSAGES,
  services: { Agent: METHODS },
});
