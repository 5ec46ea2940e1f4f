import { toTimestamp } from '../../../base/clock.ts';
import { serviceId } from '../../../estate/index.ts';
import { Leaks } from '../../../secrets/response/index.ts';
import { RateLimiter } from '../../../server/auth/rate.ts';
import { leakOperations } from '../../../server/http/routes/leaks.ts';
import { secretOperations } from '../../../server/http/routes/secrets/index.ts';
import { type ApiServer, serveOperations } from '../../../server/testing/api-server.ts';
import { type SecretsScene, secretsScene } from '../../../server/testing/secrets-server.ts';

/** What `reeve secret` asks: secrets over an embedded store with a model for a target, and leaks of them. */
export interface SecretServer extends ApiServer {
  readonly target: SecretsScene['target'];
}

export const ORDERS = serviceId('production', 'shop', 'orders');

const RATE = { burst: 100, perMinute: 100 };
const NOTHING = { total: 0, satisfied: 0 };
const ESTATE = {
  ...{ endpoints: [], calls: [], credentials: [], findings: [] },
  answers: {
    ...{ endpointsInventoried: NOTHING, callsAuthenticated: NOTHING, credentialsGoverned: NOTHING },
  },
  services: [
    {
      ...{ id: ORDERS, name: 'orders', namespace: 'shop', environment: 'production' },
      ...{ kind: 'workload' as const, owner: 'team-orders', criticality: null },
      ...{ exposure: 'internal' as const, identity: null, sources: [] },
    },
  ],
};

export async function startSecretServer(): Promise<SecretServer> {
  const scene = await secretsScene();
  const { store, target } = scene;
  await store.publish(ESTATE, toTimestamp(Date.now()));
  const { secrets } = await scene.start();
  const leaks = new Leaks({
    ...{ store, secrets: secrets.keeping, clock: Date.now, issued: {} },
    ...{ fingerprintKey: Buffer.alloc(32, 7), credentials: async () => [] },
    owners: secrets.owners,
  });
  const failures = new RateLimiter(RATE, Date.now);
  const api = await serveOperations(
    [
      ...secretOperations(secrets),
      ...leakOperations({ leaks, github: async () => [] }, store, failures),
    ],
    Date.now,
  );
  return {
    ...{ ...api, target },
    close: async () => {
      await api.close();
      await scene.close();
    },
  };
}
