import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { executablesOf } from './executables.ts';

/** Runs the shop on this machine: every service a process of its own on a free port of loopback. */

interface ServiceProcess {
  readonly name: string;
  /** The team that answers for its identity; null: it has none, and is called in plain text. */
  readonly team: string | null;
  /** It is given the token of billing, which nobody changes. */
  readonly hasBillingToken?: boolean;
  /** Variables that name the services it calls. */
  readonly calls: Readonly<Record<string, string>>;
}

/** Callees first; what is called in a circle is told by a port that is chosen beforehand. */
const SERVICES: readonly ServiceProcess[] = [
  { name: 'legacy-billing', team: null, hasBillingToken: true, calls: {} },
  { name: 'payments', team: 'team-payments', calls: { LEGACY_BILLING_URL: 'legacy-billing' } },
  { name: 'inventory', team: 'team-inventory', calls: { ORDERS_URL: 'orders' } },
  {
    name: 'orders',
    team: 'team-orders',
    calls: { PAYMENTS_URL: 'payments', INVENTORY_URL: 'inventory' },
  },
  { name: 'reviews', team: 'team-reviews', hasBillingToken: true, calls: { ORDERS_URL: 'orders' } },
  {
    name: 'web',
    team: 'team-web',
    calls: {
      ...{ ORDERS_URL: 'orders', INVENTORY_URL: 'inventory', REVIEWS_URL: 'reviews' },
      LEGACY_BILLING_URL: 'legacy-billing',
    },
  },
];
/** Speaks with browsers. */
const FRONT = 'web';

/** Who is to get the identity of a service: the process that has all the selectors. */
export interface ServiceIdentity {
  readonly service: string;
  readonly owner: string;
  readonly selectors: readonly string[];
}

/** Where the services fetch their identities. */
export interface ShopIdentities {
  /** `unix:///…`: the Workload API. */
  readonly workloadApi: string;
  /** For the executables of the services. */
  readonly folder: string;
  readonly register: (identity: ServiceIdentity) => Promise<void>;
}

/** Where the services read the secrets that Reeve keeps for them. */
export interface ShopSecrets {
  /** `https://127.0.0.1:7445` */
  readonly address: string;
  /** `http://127.0.0.1:7070`: where public keys are published. */
  readonly api: string;
  /** How often they read the public keys anew. */
  readonly keysEveryMs?: number;
  /** Longest that they wait before they ask a Reeve that is away again. */
  readonly retryMs?: number;
}

export interface ShopOptions {
  /** Where the services send their traces. */
  readonly otlpEndpoint: string;
  readonly environment: string;
  readonly freePort: () => Promise<number>;
  /** Without them the services call each other in plain text, as behind a mesh. */
  readonly identities?: ShopIdentities | undefined;
  /** Without them orders signs no receipts, and shows payments no API key. Nothing without identities. */
  readonly secrets?: ShopSecrets | undefined;
}

export interface RunningShop {
  /** `http://127.0.0.1:PORT` of the service that customers see. */
  readonly webUrl: string;
  /** Where each service listens: `https:` where it demands mutual TLS. */
  readonly urls: ReadonlyMap<string, string>;
  readonly pids: ReadonlyMap<string, number>;
  /** Ends every process; resolves when all have ended. */
  stop(): Promise<void>;
}

const GRACE_MS = 3_000;
const AGAIN = 'start it again, and it chooses other ports';

/** Starts the services; resolves when all answer. They end by themselves when this process does.
 *  @throws {Error} where one cannot listen at its port, or ends before it answers */
export async function runShop(options: ShopOptions): Promise<RunningShop> {
  const urls = await chooseUrls(options);
  const executables = await identify(options.identities);
  const billingToken = randomBytes(24).toString('base64url');
  const children = new Map<string, ChildProcess>();
  const stop = async (): Promise<void> => {
    await Promise.all([...children.values()].map(end));
  };
  try {
    for (const service of SERVICES) {
      const executable = executables.get(service.name) ?? process.execPath;
      const env = service.hasBillingToken ? { BILLING_TOKEN: billingToken } : {};
      children.set(service.name, start(service, executable, urls, options, env));
    }
    await Promise.all([...children].map(([name, child]) => listening(child, name)));
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  const pids = new Map([...children].map(([name, { pid = 0 }]) => [name, pid]));
  return { webUrl: urls.get(FRONT) ?? '', urls, pids, stop };
}

async function chooseUrls({
  identities,
  freePort,
}: ShopOptions): Promise<ReadonlyMap<string, string>> {
  const urls = new Map<string, string>();
  for (const { name, team } of SERVICES) {
    const scheme = identities && team !== null && name !== FRONT ? 'https' : 'http';
    urls.set(name, `${scheme}://127.0.0.1:${await freePort()}`);
  }
  return urls;
}

/** Registers the services by executables of their own, which it makes. */
async function identify(
  identities: ShopIdentities | undefined,
): Promise<ReadonlyMap<string, string>> {
  if (!identities) return new Map();
  const identified = SERVICES.filter(({ team }) => team !== null);
  const folder = join(identities.folder, 'shop');
  const executables = executablesOf(
    identified.map(({ name }) => name),
    folder,
  );
  for (const { name, team } of identified) {
    await identities.register({
      service: name,
      owner: team ?? '',
      selectors: [`unix:uid:${process.geteuid?.()}`, `unix:path:${executables.get(name)}`],
    });
  }
  return executables;
}

function start(
  { name, calls }: ServiceProcess,
  execPath: string,
  urls: ReadonlyMap<string, string>,
  { otlpEndpoint, environment, identities, secrets }: ShopOptions,
  given: NodeJS.ProcessEnv,
): ChildProcess {
  const addresses = Object.entries(calls).map(([key, callee]) => [key, urls.get(callee)]);
  return fork(new URL(`${name}/server.ts`, import.meta.url), {
    execPath,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: {
      PATH: process.env.PATH,
      ...lean(process.env),
      PORT: new URL(urls.get(name) ?? '').port,
      ...given,
      OTEL_SERVICE_NAME: name,
      OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint,
      SHOP_ENVIRONMENT: environment,
      RECONCILE_EVERY_MS: '2000',
      ...(identities ? { SPIFFE_ENDPOINT_SOCKET: identities.workloadApi } : { MTLS: 'mesh' }),
      ...(identities && secrets && placesOf(secrets)),
      ...Object.fromEntries(addresses),
    },
  });
}

const placesOf = ({ address, api, keysEveryMs, retryMs }: ShopSecrets): NodeJS.ProcessEnv => ({
  ...{ REEVE_SECRETS: address, REEVE_API: api },
  ...(keysEveryMs !== undefined && { KEYS_EVERY_MS: String(keysEveryMs) }),
  ...(retryMs !== undefined && { REEVE_RETRY_MS: String(retryMs) }),
});

/** Code that is compiled once starts twice as fast; two heaps of the allocator are enough for a small service. */
function lean({ NODE_COMPILE_CACHE, XDG_CACHE_HOME, HOME }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const caches = XDG_CACHE_HOME ?? (HOME === undefined ? undefined : join(HOME, '.cache'));
  const cache = NODE_COMPILE_CACHE ?? (caches && join(caches, 'reeve', 'code'));
  return { MALLOC_ARENA_MAX: '2', ...(cache !== undefined && { NODE_COMPILE_CACHE: cache }) };
}

/** What a service says of itself, once: where it listens, or why it does not. */
type Said = { readonly address: string } | { readonly failure: string };

function listening(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', (said: Said) => {
      if ('address' in said) resolve();
      else reject(new Error(`${name} of the shop cannot serve: ${said.failure}; ${AGAIN}`));
    });
    child.once('error', reject);
    child.once('exit', (status) => reject(new Error(`${name} ended at its start (${status})`)));
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
