import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type RunningShop,
  runShop,
  type ServiceIdentity,
  type ShopIdentities,
} from '../examples/shop/run.ts';
import { visit } from '../examples/shop/traffic.ts';
import { freePort, freePortNear } from '../src/base/testing/free-port.ts';
import type { EstateStore } from '../src/estate/index.ts';
import { ServerConfig } from '../src/server/config.ts';
import { type RunningServer, startServer } from '../src/server/main.ts';
import { EXAMPLE_PREFIX, writeExampleFile } from './example-file.ts';
import { keepSecrets, secretsOf } from './shop-secrets.ts';

/** The example estate under Reeve: a server of its own on a fresh data folder, and the shop. */
export interface Example {
  readonly server: RunningServer;
  readonly shop: RunningShop;
  readonly config: ServerConfig;
  /** Ends both, and removes the data. */
  stop(): Promise<void>;
}

const ENVIRONMENT = 'demo';
const VISITS = 5;
const SEEN_WITHIN_MS = 15_000;
const VISIT_EVERY_MS = 5_000;

/** Starts the server, scans the shop, starts its processes, and waits until their traces are part of
 *  the estate. `say` hears how far it is. */
export async function startExample(say: (line: string) => void): Promise<Example> {
  const folder = mkdtempSync(join(tmpdir(), EXAMPLE_PREFIX));
  const undo: (() => Promise<void> | void)[] = [
    () => rmSync(folder, { recursive: true, force: true }),
  ];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const config = ServerConfig.parse({
      data: folder,
      environment: ENVIRONMENT,
      logLevel: process.env.REEVE_LOG_LEVEL ?? 'warn',
      http: { port: await freePortNear(7070) },
      otlp: { httpPort: await freePortNear(4318), grpcPort: await freePortNear(4317) },
      envoy: { port: await freePortNear(7071) },
      secrets: { access: { enabled: true, port: await freePortNear(7445) } },
      folders: [{ path: 'examples/shop' }],
    });
    say('Reading examples/shop ...');
    const server = await startServer(config);
    undo.push(() => server.close());
    await server.settle();
    const failure = server.scans().find(({ state }) => state === 'failed')?.failure;
    if (failure) throw new Error(`examples/shop could not be read: ${failure}`);
    say('Starting its six services, and sending customers ...');
    const identities = identitiesFor(server, folder);
    if (!identities) {
      say('They call in plain text here: identities are given to processes of Linux alone.');
    }
    const shop = await runShop({
      otlpEndpoint: server.otlpOrigin,
      environment: ENVIRONMENT,
      freePort,
      identities,
      secrets: await keepSecrets(server, secretsOf(ENVIRONMENT)),
    });
    undo.push(() => shop.stop());
    const { origin, adminTokenFile: tokenFile } = server;
    writeExampleFile(folder, { webUrl: shop.webUrl, origin, tokenFile });
    for (let number = 0; number < VISITS; number++) await visit(shop.webUrl, number);
    await callsSeen(server);
    undo.push(keepVisiting(shop.webUrl));
    return { server, shop, config, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

/** Where the shop's services get their identities: registered through the API, fetched from the Workload API. */
export function identitiesFor(
  { workloadApiAddress, adminTokenFile, origin }: RunningServer,
  folder: string,
  environment = ENVIRONMENT,
): ShopIdentities | undefined {
  if (workloadApiAddress === undefined) return undefined;
  const register = async ({ service, owner, selectors }: ServiceIdentity): Promise<void> => {
    const entry = {
      spiffeId: `spiffe://reeve.local/ns/shop/sa/${service}`,
      owner,
      selectors,
      service: `${environment}/shop/${service}`,
    };
    const answer = await fetch(`${origin}/api/v1/identity/entries`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${readFileSync(adminTokenFile, 'utf8').trim()}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ entry, reason: 'the shop runs on this machine' }),
    });
    if (!answer.ok) throw new Error(`${service} could not be registered: ${await answer.text()}`);
  };
  return { workloadApi: workloadApiAddress, folder, register };
}

/** The traffic makes every call of the shop; waits until all have been seen in traces. */
async function callsSeen(server: RunningServer): Promise<void> {
  const until = Date.now() + SEEN_WITHIN_MS;
  while (Date.now() < until) {
    const { items } = await server.store.calls({ limit: 1_000 });
    if (items.length > 0 && items.every((call) => call.observed)) break;
    await sleep(200);
  }
  await server.settle();
}

/** A customer now and then, so that the estate stays alive. */
function keepVisiting(webUrl: string): () => void {
  let number = VISITS;
  const timer = setInterval(() => {
    visit(webUrl, number++).catch((thrown: unknown) => console.error('the shop:', thrown));
  }, VISIT_EVERY_MS);
  return () => clearInterval(timer);
}

export interface AnswerSummary {
  readonly question: string;
  readonly satisfied: number;
  readonly total: number;
  /** What fails, a line each. */
  readonly failing: readonly string[];
}

/** The three answers with what fails each, by name. */
export async function summarise(store: EstateStore): Promise<AnswerSummary[]> {
  const latest = await store.answers();
  if (latest === undefined) return [];
  const { endpointsInventoried, callsAuthenticated, credentialsGoverned } = latest.answers;
  const [endpoints, calls, credentials] = await Promise.all([
    store.endpoints({ limit: 1_000 }),
    store.calls({ limit: 1_000 }),
    store.credentials({ limit: 1_000 }),
  ]);
  return [
    {
      question: 'Is every active endpoint inventoried?',
      ...endpointsInventoried,
      failing: endpoints.items
        .filter(({ status }) => status in ENDPOINT_FAILURES)
        .map(
          ({ method, template, service, status }) =>
            `${method} ${template} of ${nameOf(service)} ${ENDPOINT_FAILURES[status]}`,
        ),
    },
    {
      question: 'Is every internal call authenticated?',
      ...callsAuthenticated,
      failing: calls.items
        .filter(({ authentication }) => authentication === 'none' || authentication === 'unknown')
        .map(
          ({ from, to, operation }) =>
            `${nameOf(from)} calls ${operation} of ${nameOf(to)} without proving who it is`,
        ),
    },
    {
      question: 'Does every credential have a known owner and a rotation path?',
      ...credentialsGoverned,
      failing: credentials.items
        .filter(({ owner, rotation }) => owner === null || rotation === null)
        .map(({ name, owner, rotation, locations }) => {
          const lacks = [owner === null && 'no owner', rotation === null && 'no rotation path'];
          const place = locations[0] ? ` (${locations[0].file}:${locations[0].line})` : '';
          return `${name} has ${lacks.filter(Boolean).join(' and ')}${place}`;
        }),
    },
  ];
}

const ENDPOINT_FAILURES: Readonly<Record<string, string>> = {
  shadow: 'is declared nowhere',
  zombie: 'is deprecated, and still called',
  unowned: 'has no owner',
};

/** `environment/namespace/name` */
function nameOf(service: string): string {
  return service.split('/').at(-1) ?? service;
}
