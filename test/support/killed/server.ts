import { createLog } from '../../../src/base/log.ts';
import type { AuditLog, DocumentStore, EstateStore } from '../../../src/estate/index.ts';
import { openStore, StoreConfig } from '../../../src/estate/store/index.ts';
import { openAuditKey } from '../../../src/server/audit/audit.ts';
import { AuditConfig } from '../../../src/server/audit/config.ts';
import { SecretsConfig } from '../../../src/server/secrets/config.ts';
import {
  openSecrets,
  type SecretsParts,
  type ServerSecrets,
} from '../../../src/server/secrets/secrets.ts';

/** Of the server that is killed. */
export interface Opening {
  /** The data folder, which outlives it. */
  readonly folder: string;
  /** Variable with the address of a PostgreSQL that several servers share; else the embedded store of the folder. */
  readonly urlVariable?: string;
  /** How much its clock is ahead of that of the machine. */
  readonly aheadMs?: number;
}

export interface KilledServer {
  readonly store: EstateStore & DocumentStore & AuditLog;
  readonly secrets: ServerSecrets;
  close(): Promise<void>;
}

/** Rotations here are tried again at once, as far as that can be set. */
const ROTATION = { retryFirstSeconds: 1, retryLastSeconds: 1, stepSeconds: 10 };
/** A claim of a process that was killed lasts for this and 15 seconds more. */
const SHARED = { ...ROTATION, stepSeconds: 1 };

export const auditKeyOf = (folder: string) =>
  openAuditKey(AuditConfig.parse({}), folder, 'example.org', Date.now);

export const storeOf = ({ folder, urlVariable }: Opening) =>
  openStore(
    StoreConfig.parse(
      urlVariable ? { kind: 'postgres', urlVariable, poolSize: 4 } : { kind: 'sqlite', folder },
    ),
    auditKeyOf(folder).seal,
  );

/** What `reeve up` runs of secrets: a real store, vault and runner, and the rotators that there are. */
export async function openKilledServer(
  opening: Opening,
  hook?: SecretsParts['hook'],
): Promise<KilledServer> {
  const { folder, urlVariable, aheadMs = 0 } = opening;
  const isShared = urlVariable !== undefined;
  const store = await storeOf(opening);
  const secrets = await openSecrets({
    config: SecretsConfig.parse({ rotation: isShared ? SHARED : ROTATION }),
    ...{ store, isShared, dataFolder: folder, environment: {} },
    ...{ fingerprintKey: Buffer.alloc(32, 7), onFolded: () => undefined },
    ...{ clock: () => Date.now() + aheadMs, log: createLog('silent') },
    ...(hook && { hook }),
  });
  const close = async () => {
    await secrets.close();
    await store.close();
  };
  return { store, secrets, close };
}
