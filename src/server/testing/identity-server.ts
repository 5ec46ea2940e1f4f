import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../base/log.ts';
import type { DocumentStore, EstateStore } from '../../estate/index.ts';
import { openStore } from '../../estate/store/index.ts';
import type { AgentStatus } from '../../identity/agent/index.ts';
import { DocumentJoinTokenStore } from '../../identity/attestation/index.ts';
import { Federation, FederationConfig } from '../../identity/federation/index.ts';
import { matchWorkload } from '../../identity/host/index.ts';
import type { RegisterableService } from '../../identity/registration/index.ts';
import { auditOperations } from '../http/routes/audit.ts';
import { type IdentityRoutesPorts, identityRoutes } from '../http/routes/identity/index.ts';
import { IdentityConfig } from '../identity/config.ts';
import { type Identity, openIdentity } from '../identity/identity.ts';
import { type ApiServer, serveOperations } from './api-server.ts';

/** The API of identity over an embedded store, with its authorities, its registrar and the Workload API
 *  of this machine. */
export interface IdentityServer extends ApiServer {
  readonly store: EstateStore & DocumentStore;
  readonly identity: Identity;
  /** What a test says of agents. */
  agents: readonly AgentStatus[];
}

export interface IdentityServerOptions {
  /** Of `identity`. */
  readonly config?: object;
}

export async function startIdentityServer({
  config = {},
}: IdentityServerOptions = {}): Promise<IdentityServer> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-identity-'));
  const store = await openStore({ kind: 'sqlite', folder });
  const said = IdentityConfig.parse({ trustDomain: 'example.org', ...config });
  const parts = { config: said, store, dataFolder: folder, clock: Date.now };
  const identity = await openIdentity({ ...parts, log: createLog('silent') });
  const { keeper, registrar, authorities, supply, host } = identity;
  const federation = await Federation.open({
    ...parts,
    trustDomain: said.trustDomain,
    config: FederationConfig.parse({}),
    random: Math.random,
    after: (milliseconds, callBack) => {
      const timer = setTimeout(callBack, milliseconds).unref();
      return () => clearTimeout(timer);
    },
    ownBundle: () => keeper.bundle,
    warn: () => {},
  });
  const listed = { agents: [] as readonly AgentStatus[] };
  const ports: IdentityRoutesPorts = {
    keeper,
    registrar,
    host,
    clock: Date.now,
    joinTokens: new DocumentJoinTokenStore(store),
    joinTokenLimits: said.attestation.joinTokens,
    counts: () => authorities.counts(),
    explain: (workload) =>
      matchWorkload(registrar.index, { workload, now: Date.now(), denialOf: supply.denialOf }),
    agentServer: { address: '127.0.0.1:7072', agents: () => listed.agents },
    federation,
  };
  const routes = identityRoutes(ports);
  const api = await serveOperations([...routes.operations, ...auditOperations(store)], Date.now);
  return Object.assign(listed, api, {
    store,
    identity,
    close: async () => {
      routes.close();
      await api.close();
      await federation.close();
      await identity.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  });
}

/** A service of the estate that runs as an account of its own. */
export function serviceOf(
  name: string,
  change: Partial<RegisterableService> = {},
): RegisterableService {
  return {
    id: `production/shop/${name}`,
    environment: 'production',
    namespace: 'shop',
    name,
    kind: 'workload',
    owner: { owner: `team-${name}`, rank: 'declaration' },
    identities: [`ns/shop/sa/${name}`],
    runsAs: [],
    retired: false,
    ...change,
  };
}
