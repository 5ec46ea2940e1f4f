import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../base/log.ts';
import type { DocumentStore, EstateStore } from '../../estate/index.ts';
import { openStore } from '../../estate/store/index.ts';
import { AgentConfig, type RunningAgent, runAgent } from '../../identity/agent/index.ts';
import { openAuditKey } from '../audit/audit.ts';
import { AuditConfig } from '../audit/config.ts';
import { auditOperations } from '../http/routes/audit.ts';
import { listOperations } from '../http/routes/lists.ts';
import { IdentityConfig } from '../identity/config.ts';
import { type Identity, openIdentity } from '../identity/identity.ts';
import { operationsOf } from '../identity/operations.ts';
import { type ApiServer, serveOperations } from './api-server.ts';

/** The API of identity over an embedded store, with all that it acts on: authorities, registrar, federation,
 *  the Workload API of this machine, and a listener for agents. */
export interface IdentityServer extends ApiServer {
  readonly store: EstateStore & DocumentStore;
  readonly identity: Identity;
  /** An agent that joins with a token, and has connected. */
  joinAgent(token: string): Promise<RunningAgent>;
}

const NO_CLUSTER = {
  get: () => Promise.reject(new Error('there is no cluster')),
  post: () => Promise.reject(new Error('there is no cluster')),
};

/** @param config of `identity` */
export async function startIdentityServer(config: object = {}): Promise<IdentityServer> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-identity-'));
  const [clock, log] = [Date.now, createLog('silent')];
  const auditKey = openAuditKey(AuditConfig.parse({}), folder, 'example.org', clock);
  const store = await openStore({ kind: 'sqlite', folder }, auditKey.seal);
  const said = IdentityConfig.parse({
    trustDomain: 'example.org',
    agents: { port: 0 },
    ...config,
  });
  const identity = await openIdentity({
    ...{ config: said, store, dataFolder: folder, clock, log },
    clusterApi: () => NO_CLUSTER,
  });
  const routes = operationsOf(identity, said, clock);
  const api = await serveOperations(
    [
      ...routes.operations,
      ...auditOperations({ store, key: auditKey.key, witnesses: () => [] }),
      ...listOperations(store),
    ],
    clock,
  );
  const joined: RunningAgent[] = [];
  return {
    ...api,
    store,
    identity,
    joinAgent: async (joinToken) => {
      const agentConfig = AgentConfig.parse({
        server: identity.agents?.address,
        trustDomain: said.trustDomain,
        data: mkdtempSync(join(folder, 'agent-')),
        insecureBootstrap: true,
        workloadApi: { socket: join(folder, `agent-${joined.length}.sock`) },
      });
      const { promise, resolve } = Promise.withResolvers<void>();
      const agent = await runAgent(agentConfig, {
        ...{ clock, log, joinToken },
        onEvent: ({ event }) => {
          if (event === 'connected') resolve();
        },
      });
      joined.push(agent);
      await promise;
      return agent;
    },
    close: async () => {
      for (const agent of joined) await agent.close();
      routes.close();
      await api.close();
      await identity.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
