import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identitiesFor } from '../../../scripts/example.ts';
import { createMtlsFetch, reeveSecrets, X509Source } from '../../../sdk/src/index.ts';
import { SecretsConfig } from '../../../src/server/secrets/config.ts';
import { startTestServer, writeFolder } from '../server.ts';
import type { LeakTarget } from './target.ts';

const ENVIRONMENT = 'production';
export const ORDERS = `${ENVIRONMENT}/shop/orders`;
export const PAYMENTS = `${ENVIRONMENT}/shop/payments`;
const SERVER = 'spiffe://reeve.local/reeve/server';
const PATIENCE_MS = 60_000;
const POLL_MS = 20;

const declaration = (service: string, names: readonly string[]) => `apiVersion: reeve.dev/v1
kind: Service
metadata: { name: ${service}, namespace: shop, owner: team-${service} }
spec:
  credentials: ${JSON.stringify(names.map((name) => ({ name, kind: 'password' })))}
`;

/** A real server with secrets, whose workloads `orders` and `payments` this process is.
 *  @param names of the secrets of orders */
export async function startLeakedReeve(names: readonly string[]) {
  await using opened = new AsyncDisposableStack();
  const folder = writeFolder({
    'orders/reeve.yaml': declaration('orders', names),
    'payments/reeve.yaml': declaration('payments', []),
  });
  opened.defer(folder.remove);
  const server = await startTestServer({
    folders: [{ path: folder.path, name: 'repository', environment: ENVIRONMENT }],
    secrets: SecretsConfig.parse({ access: { enabled: true, port: 0 } }),
  });
  opened.defer(() => server.close());
  await server.settle();
  const identities = identitiesFor(server, folder.path, ENVIRONMENT);
  const selectors = [`unix:uid:${process.getuid?.()}`];
  for (const service of ['orders', 'payments']) {
    await identities?.register({ service, owner: `team-${service}`, selectors });
  }
  const sourceOf = async (service: string) => {
    const source = new X509Source({
      address: server.workloadApiAddress ?? '',
      pick: (svids) => svids.find(({ spiffeId }) => spiffeId.endsWith(`/sa/${service}`)),
    });
    opened.defer(() => source.close());
    await source.ready();
    return source;
  };
  const address = `https://${server.secretsAddress}`;
  const secrets = reeveSecrets({ source: await sourceOf('orders'), address });
  opened.defer(() => secrets.close());
  const asPayments = createMtlsFetch({ source: await sourceOf('payments'), accept: SERVER });
  opened.defer(() => asPayments.agent.destroy());

  async function ask<Answer>(path: string, body?: object): Promise<Answer> {
    const answer = await server.ask(`/api/v1/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as Answer;
  }

  const open = opened.move();
  return {
    ...{ server, secrets, ask, address },
    adminToken: readFileSync(server.adminTokenFile, 'utf8').trim(),
    /** Has payments ask whether a key that orders shows lets it in. */
    async isKeyTaken(key: string): Promise<boolean> {
      const answer = await asPayments(`${address}/v1/api-keys:verify`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ key, operation: 'POST /charges' }),
      });
      return ((await answer.json()) as { ok?: boolean }).ok === true;
    },
    /** Keeps a secret of orders that its plan renews, and waits for its first value. */
    async keep({ name, rotator, config, admin }: LeakTarget): Promise<void> {
      const common = { service: ORDERS, kind: rotator, reason: 'it is needed' };
      if (admin) await ask('secrets', { ...common, name: `${name}-admin`, value: admin });
      // a day and hours: whatever is done at once is done because of the leak
      const plan = {
        ...{ rotator, config, everySeconds: 86_400, overlapSeconds: 7_200 },
        admin: admin ? `${ORDERS}/${name}-admin` : null,
      };
      await ask('secrets', { ...common, name, plan });
      const deadline = Date.now() + PATIENCE_MS;
      for (;;) {
        const { run, labels } = await ask<{
          readonly run: { readonly problem?: string | null } | null;
          readonly labels: { readonly current?: number };
        }>(`secrets/${encodeURIComponent(`${ORDERS}/${name}`)}`);
        if (run === null && labels.current === 1) return;
        if (Date.now() > deadline) throw new Error(`${name} has no value: ${run?.problem}`);
        await sleep(POLL_MS);
      }
    },
    close: () => open.disposeAsync(),
  };
}
export type LeakedReeve = Awaited<ReturnType<typeof startLeakedReeve>>;
