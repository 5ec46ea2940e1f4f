import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLog } from '../../../base/log.ts';
import { writeBundle } from '../../spiffe/index.ts';
import { type WorkloadClient, workloadClient } from '../../workload-api/testing/client.ts';
import { readCertificate, splitCertificates } from '../../x509/index.ts';
import type { AgentPorts, LinkEvent, RunningAgent } from '../client/index.ts';
import { runAgent } from '../client/index.ts';
import { AgentConfig } from '../config.ts';
import type { ServerRig } from './server.ts';

export interface X509Answer {
  readonly svids: readonly { spiffe_id: string; x509_svid: Buffer; bundle: Buffer }[];
  readonly crl: readonly Buffer[];
  readonly federated_bundles: Readonly<Record<string, Buffer>>;
}

/** An agent in this process, with a folder that outlives it. */
export class AgentRig {
  readonly folder = mkdtempSync(join(tmpdir(), 'reeve-agent-'));
  readonly #server: ServerRig;
  readonly #skew: number;
  readonly logged: string[] = [];
  readonly events: LinkEvent[] = [];
  /** How long it has wanted to wait, in milliseconds. */
  readonly waits: number[] = [];
  agent: RunningAgent | undefined;
  readonly #clients: WorkloadClient[] = [];
  /** What it is started with besides. */
  ports: Pick<AgentPorts, 'more' | 'policy'> = {};

  /** @param skew by how much the clock of the agent is ahead, in milliseconds */
  constructor(server: ServerRig, skew = 0) {
    this.#server = server;
    this.#skew = skew;
    this.keepTrust();
  }

  get bundleFile(): string {
    return join(this.folder, 'bundle.json');
  }

  /** Puts the bundle of the server as it is now where the agent is told to look for it. */
  keepTrust(): void {
    writeFileSync(this.bundleFile, writeBundle(this.#server.bundle));
  }

  /** Joins with a new token, or goes on where it has joined before. */
  async start(config: object = {}, joinToken?: string): Promise<RunningAgent> {
    const given = {
      server: this.#server.address,
      trustDomain: 'example.org',
      data: join(this.folder, 'data'),
      trustBundleFile: this.bundleFile,
      ...config,
    };
    this.agent = await runAgent(AgentConfig.parse(given), {
      clock: () => this.#server.clock() + this.#skew,
      log: createLog('trace', { write: (line: string) => this.logged.push(line) }),
      joinToken,
      sleep: (milliseconds, signal) => this.#sleep(milliseconds, signal),
      onEvent: (event) => this.events.push(event),
      ...this.ports,
    });
    return this.agent;
  }

  /** Joins as an agent of this name, and waits until it is told everything. */
  async join(name: string, config: object = {}): Promise<RunningAgent> {
    const agent = await this.start(config, await this.#server.token(name));
    await this.until('connected');
    return agent;
  }

  /** Waits for the next event of a kind that has not been waited for. */
  async until<Name extends LinkEvent['event']>(
    name: Name,
  ): Promise<LinkEvent & { readonly event: Name }> {
    for (;;) {
      const at = this.events.findIndex(({ event }) => event === name);
      const [event] = at === -1 ? [] : this.events.splice(at, 1);
      if (event) return event as LinkEvent & { readonly event: Name };
      await sleep(5);
    }
  }

  /** A workload that asks this agent. */
  workload(): WorkloadClient {
    if (!this.agent) throw new RangeError('not started');
    const client = workloadClient(this.agent.address);
    this.#clients.push(client);
    return client;
  }

  /** Until the time has come by either clock. */
  async #sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    this.waits.push(milliseconds);
    const [turned, real] = [this.#server.clock() + milliseconds, Date.now() + milliseconds];
    while (!signal.aborted && this.#server.clock() < turned && Date.now() < real) await sleep(10);
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.close();
    await this.agent?.close();
    this.agent = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Serial number and lifetime of the first SVID that a workload was given. */
export function leafOf({ svids: [svid] }: X509Answer) {
  const [leaf] = splitCertificates(svid?.x509_svid ?? Buffer.alloc(0), 10);
  return readCertificate(leaf ?? Buffer.alloc(0));
}
