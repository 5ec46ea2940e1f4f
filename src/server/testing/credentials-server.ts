import { toTimestamp } from '../../base/clock.ts';
import type { Fact } from '../../estate/index.ts';
import type { AuthenticatorParts } from '../auth/authenticator.ts';
import { type CredentialOwnerPorts, CredentialOwners } from '../credential-owners.ts';
import { credentialOperations } from '../http/routes/credentials.ts';
import { listOperations } from '../http/routes/lists.ts';
import { secretOperations } from '../http/routes/secrets/index.ts';
import { keptOwners } from '../secrets/kept-owners.ts';
import type { ServerSecrets } from '../secrets/secrets.ts';
import { type ApiServer, serveOperations } from './api-server.ts';
import { type SecretsScene, secretsScene } from './secrets-server.ts';
import { judgeStored } from './workflow-server.ts';

/** The credentials of an estate that a scan fills, with the judges, secrets that are kept, and their API. */
export interface CredentialsServer extends ApiServer {
  readonly store: SecretsScene['store'];
  readonly secrets: ServerSecrets;
  /** Judges the estate as it is. */
  judge(): Promise<boolean>;
  /** Takes facts for the whole truth of a scan, and judges the estate with them. */
  knowing(...facts: readonly Fact[]): Promise<void>;
}

export async function startCredentialsServer(
  now: number,
  ports: Partial<CredentialOwnerPorts> = {},
  people?: AuthenticatorParts['people'],
): Promise<CredentialsServer> {
  const scene = await secretsScene();
  const { store } = scene;
  const { secrets } = await scene.start();
  const judge = () => judgeStored(store, now);
  const clock = () => now;
  const owners = new CredentialOwners({
    ...{ store, clock, judge, kept: keptOwners(secrets) },
    ...ports,
  });
  const api = await serveOperations(
    [...listOperations(store), ...credentialOperations(owners), ...secretOperations(secrets)],
    clock,
    {},
    people,
  );
  return {
    ...{ ...api, store, secrets, judge },
    knowing: async (...facts) => {
      await store.replace('scan', facts, toTimestamp(now));
      await judge();
    },
    close: async () => {
      await api.close();
      await scene.close();
    },
  };
}
