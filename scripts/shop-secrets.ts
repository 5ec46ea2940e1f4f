import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ShopSecrets } from '../examples/shop/run.ts';
import type { RunningServer } from '../src/server/main.ts';

/** What is needed of a server to have it keep secrets. */
export type SecretsHost = Pick<RunningServer, 'origin' | 'adminTokenFile' | 'secretsAddress'>;

/** A secret of the shop, as it is said to the API. */
export interface WantedSecret {
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly value?: Readonly<Record<string, string>>;
  readonly consumers?: readonly string[];
  readonly plan?: object;
}

const DAY = 86_400;
const WITHIN_MS = 15_000;

/** The secrets that the shop's services use, each with the plan by which Reeve makes and renews it.
 *  @param plans what is otherwise than in the example */
export function secretsOf(
  environment: string,
  plans: { readonly receipts?: object; readonly paymentsApi?: object } = {},
): WantedSecret[] {
  const service = `${environment}/shop/orders`;
  const charges = { service: `${environment}/shop/payments`, operations: ['POST /charges'] };
  const keyConfig = { environments: [environment], scopes: [charges] };
  return [
    {
      ...{ service, name: 'receipts', kind: 'jwt-key' },
      plan: { rotator: 'jwt-key', everySeconds: DAY, ...plans.receipts },
    },
    {
      ...{ service, name: 'payments-api', kind: 'api-key' },
      plan: { rotator: 'api-key', config: keyConfig, everySeconds: DAY, ...plans.paymentsApi },
    },
  ];
}

/** Has Reeve keep secrets, through its API; resolves when each has a value.
 *  @returns where the services read them; undefined where no identities are served, by which they would */
export async function keepSecrets(
  { origin, adminTokenFile, secretsAddress }: SecretsHost,
  wanted: readonly WantedSecret[],
): Promise<ShopSecrets | undefined> {
  if (secretsAddress === undefined) return undefined;
  const headers = {
    authorization: `Bearer ${readFileSync(adminTokenFile, 'utf8').trim()}`,
    'content-type': 'application/json',
  };
  const url = `${origin}/api/v1/secrets`;
  for (const secret of wanted) {
    const body = JSON.stringify({ ...secret, reason: 'the shop runs on this machine' });
    const answer = await fetch(url, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`${secret.name} could not be made: ${await answer.text()}`);
  }
  const until = Date.now() + WITHIN_MS;
  for (const { service, name } of wanted) {
    const one = `${url}/${encodeURIComponent(`${service}/${name}`)}`;
    while (!(await hasValue(one, headers))) {
      if (Date.now() > until) throw new Error(`${name} was not given a value`);
      await sleep(20);
    }
  }
  return { address: `https://${secretsAddress}`, api: origin };
}

async function hasValue(url: string, headers: Readonly<Record<string, string>>): Promise<boolean> {
  const answer = await fetch(url, { headers });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  const { labels } = (await answer.json()) as { readonly labels: { readonly current?: number } };
  return labels.current !== undefined;
}
