import { type ChildProcess, fork } from 'node:child_process';

/** Runs the shop on this machine: every service a process of its own on a free port of loopback. */

interface ServiceProcess {
  readonly name: string;
  /** Variables that name the services it calls. */
  readonly calls: Readonly<Record<string, string>>;
}

/** Callees first; what is called in a circle is told by a port that is chosen beforehand. */
const SERVICES: readonly ServiceProcess[] = [
  { name: 'legacy-billing', calls: {} },
  { name: 'payments', calls: { LEGACY_BILLING_URL: 'legacy-billing' } },
  { name: 'inventory', calls: { ORDERS_URL: 'orders' } },
  { name: 'orders', calls: { PAYMENTS_URL: 'payments', INVENTORY_URL: 'inventory' } },
  { name: 'reviews', calls: { ORDERS_URL: 'orders' } },
  {
    name: 'web',
    calls: { ORDERS_URL: 'orders', INVENTORY_URL: 'inventory', REVIEWS_URL: 'reviews' },
  },
];

export interface RunningShop {
  /** `http://127.0.0.1:PORT` of the service that customers see. */
  readonly webUrl: string;
  /** Ends every process; resolves when all have ended. */
  stop(): Promise<void>;
}

export interface ShopOptions {
  /** Where the services send their traces. */
  readonly otlpEndpoint: string;
  readonly environment: string;
  readonly freePort: () => Promise<number>;
}

const GRACE_MS = 3_000;

/** Starts the services; resolves when all answer. They end by themselves when this process does.
 *  @throws {Error} where one ends before it answers */
export async function runShop(options: ShopOptions): Promise<RunningShop> {
  const urls = new Map<string, string>();
  for (const { name } of SERVICES) {
    urls.set(name, `http://127.0.0.1:${await options.freePort()}`);
  }
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(end));
  };
  try {
    for (const service of SERVICES) children.push(start(service, urls, options));
    await Promise.all(
      children.map((child, index) => listening(child, SERVICES[index]?.name ?? '')),
    );
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return { webUrl: urls.get('web') ?? '', stop };
}

function start(
  { name, calls }: ServiceProcess,
  urls: ReadonlyMap<string, string>,
  { otlpEndpoint, environment }: ShopOptions,
): ChildProcess {
  const addresses = Object.entries(calls).map(([key, callee]) => [key, urls.get(callee)]);
  return fork(new URL(`${name}/server.ts`, import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: {
      PATH: process.env.PATH,
      PORT: new URL(urls.get(name) ?? '').port,
      OTEL_SERVICE_NAME: name,
      OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint,
      SHOP_ENVIRONMENT: environment,
      RECONCILE_EVERY_MS: '2000',
      ...Object.fromEntries(addresses),
    },
  });
}

function listening(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve());
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
