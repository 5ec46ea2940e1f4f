import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PolicySlices, policyFeed } from '../../src/authorization/enforcement/feed/index.ts';
import { forCallingWorkload, matchWorkload } from '../../src/identity/host/index.ts';
import { entryWith } from '../../src/identity/registration/testing/entries.ts';
import {
  serveWorkloadApi,
  WorkloadApiConfig,
  type WorkloadApiPorts,
  type WorkloadApiServer,
} from '../../src/identity/workload-api/index.ts';
import { Identities } from '../interop/support/identities.ts';

/** A Workload API on a socket of its own, which gives every process of this user the same identities, and tells them the
 *  policy of what they are. */
export class TestWorkloadApi {
  /** Nothing is told before there is something in it. */
  readonly policy = new PolicySlices();
  /** The one identity that policy is told of; of all that workloads have, if undefined. */
  callee: string | undefined;
  readonly #folder: string;
  readonly #identities: Identities;
  #server: WorkloadApiServer | undefined;

  private constructor(folder: string, identities: Identities) {
    this.#folder = folder;
    this.#identities = identities;
  }

  static async serve(...spiffeIds: readonly string[]): Promise<TestWorkloadApi> {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-sdk-api-'));
    const identities = await Identities.make();
    const selectors = [`unix:uid:${process.getuid?.()}`];
    for (const spiffeId of spiffeIds) {
      const hint = spiffeId.slice(spiffeId.lastIndexOf('/') + 1);
      // nobody can register what is Reeve's own
      const registered = spiffeId.replace('/reeve/', '/as-reeve/');
      identities.entries.set({ ...entryWith({ spiffeId: registered, selectors, hint }), spiffeId });
    }
    const api = new TestWorkloadApi(folder, identities);
    await api.start();
    return api;
  }

  /** As `SPIFFE_ENDPOINT_SOCKET` has it. */
  get address(): string {
    return `unix://${join(this.#folder, 'w.sock')}`;
  }

  /** Serves, again after it was stopped. */
  async start(): Promise<void> {
    this.#server = await serveWorkloadApi(this.#identities, {
      path: join(this.#folder, 'w.sock'),
      config: WorkloadApiConfig.parse({}),
      more: (ports) => [this.#feed(ports)],
    });
  }

  /** As if what serves were gone. */
  async stop(): Promise<void> {
    await this.#server?.close(0);
    this.#server = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    this.#identities.cache.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #feed(ports: WorkloadApiPorts) {
    const supply = {
      match: (selectors: readonly string[]) =>
        matchWorkload(this.#identities.entries, {
          workload: { selectors, agent: null },
          spiffeId: this.callee,
          now: Date.now(),
          denialOf: () => undefined,
        }),
      onChange: () => () => {},
    };
    return policyFeed({
      forCaller: (call, work) => forCallingWorkload(ports, supply, call, work),
      slices: this.policy,
      waitMs: 1_000,
    });
  }
}
