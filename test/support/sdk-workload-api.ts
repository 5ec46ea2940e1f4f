import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entryWith } from '../../src/identity/registration/testing/entries.ts';
import {
  serveWorkloadApi,
  WorkloadApiConfig,
  type WorkloadApiServer,
} from '../../src/identity/workload-api/index.ts';
import { Identities } from '../interop/support/identities.ts';

/** A Workload API on a socket of its own, which gives every process of this user the same identities. */
export class TestWorkloadApi {
  readonly #folder: string;
  readonly #identities: Identities;
  readonly #server: WorkloadApiServer;

  private constructor(folder: string, identities: Identities, server: WorkloadApiServer) {
    this.#folder = folder;
    this.#identities = identities;
    this.#server = server;
  }

  static async serve(...spiffeIds: readonly string[]): Promise<TestWorkloadApi> {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-sdk-api-'));
    const identities = await Identities.make();
    const selectors = [`unix:uid:${process.getuid?.()}`];
    for (const spiffeId of spiffeIds) {
      const hint = spiffeId.slice(spiffeId.lastIndexOf('/') + 1);
      identities.entries.set(entryWith({ spiffeId, selectors, hint }));
    }
    const config = WorkloadApiConfig.parse({});
    const server = await serveWorkloadApi(identities, { path: join(folder, 'w.sock'), config });
    return new TestWorkloadApi(folder, identities, server);
  }

  /** As `SPIFFE_ENDPOINT_SOCKET` has it. */
  get address(): string {
    return this.#server.address;
  }

  async close(): Promise<void> {
    await this.#server.close(0);
    this.#identities.cache.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
