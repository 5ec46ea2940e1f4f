import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../base/log.ts';
import type { AuditLog, DocumentStore, EstateStore } from '../../estate/index.ts';
import { openStore, StoreConfig } from '../../estate/store/index.ts';
import { ModelTarget } from '../../secrets/rotation/testing/model-target.ts';
import { openAuditKey } from '../audit/audit.ts';
import { AuditConfig } from '../audit/config.ts';
import type { AuthenticatorParts } from '../auth/authenticator.ts';
import { auditOperations } from '../http/routes/audit.ts';
import { secretOperations } from '../http/routes/secrets/index.ts';
import { SecretsConfig } from '../secrets/config.ts';
import { openSecrets, type SecretsParts, type ServerSecrets } from '../secrets/secrets.ts';
import { type ApiServer, serveOperations } from './api-server.ts';

type Store = EstateStore & DocumentStore & AuditLog;

/** A server's secrets over a store that outlives it, with a model for a target, and their API. */
export interface SecretsServer extends ApiServer {
  readonly secrets: ServerSecrets;
}

export interface SecretsScene {
  readonly folder: string;
  readonly store: Store;
  readonly target: ModelTarget;
  /** Starts a server in the place of the one before, or beside it.
   *  @param config of `secrets` */
  start(
    config?: object,
    parts?: Partial<SecretsParts>,
    people?: AuthenticatorParts['people'],
  ): Promise<SecretsServer>;
  close(): Promise<void>;
}

/** @param urlVariable names PostgreSQL; absent: the embedded store */
export async function secretsScene(urlVariable?: string): Promise<SecretsScene> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-secrets-'));
  const auditKey = openAuditKey(AuditConfig.parse({}), folder, 'example.org', Date.now);
  const isShared = urlVariable !== undefined;
  const place = isShared
    ? { kind: 'postgres', urlVariable, poolSize: 4 }
    : { kind: 'sqlite', folder };
  const store = await openStore(StoreConfig.parse(place), auditKey.seal);
  const target = new ModelTarget();
  const started: { close(): Promise<void> }[] = [];
  return {
    ...{ folder, store, target },
    start: async (config = {}, parts = {}, people = undefined) => {
      const secrets = await openSecrets({
        ...{ config: SecretsConfig.parse(config), store, dataFolder: folder, environment: {} },
        ...{ isShared, fingerprintKey: Buffer.alloc(32, 7), clock: Date.now },
        ...{ log: createLog('silent'), onFolded: () => undefined },
        otherRotators: new Map([[target.kind, target]]),
        ...parts,
      });
      const api = await serveOperations(
        [
          ...secretOperations(secrets),
          ...auditOperations({ store, key: auditKey.key, witnesses: () => [] }),
        ],
        Date.now,
        {},
        people,
      );
      const server = {
        ...{ ...api, secrets },
        close: async () => {
          await api.close();
          await secrets.close();
        },
      };
      started.push(server);
      return server;
    },
    close: async () => {
      for (const server of started) await server.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
