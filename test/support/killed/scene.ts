import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keptSource, verifyLog } from '../../../src/audit/log/index.ts';
import type { AuditEntry } from '../../../src/estate/index.ts';
import type { Secret, SecretValue } from '../../../src/secrets/model/index.ts';
import { Consumer } from './consumer.ts';
import { KeptSecrets } from './kept.ts';
import { ID, prepare } from './prepare.ts';
import { RotatingProcess } from './process.ts';
import { auditKeyOf, type Opening, storeOf } from './server.ts';
import type { KilledTarget } from './target.ts';

/** Longest that a rotation takes, that of a server that was killed and shared its store included. */
const PATIENCE_MS = 120_000;
const POLL_MS = 20;
/** What servers that share a store have in common. */
const SHARED_FILES = ['vault.key', 'audit-signing.key'];

/** A store with a secret that has its first value, a target that takes it, a consumer, and servers in processes of their
 *  own. */
export class KilledScene {
  readonly consumer: Consumer;
  kept: KeptSecrets;
  readonly #opening: Opening;
  readonly #target: KilledTarget;
  /** In the order in which they were made. */
  readonly #seen = new Map<string, SecretValue>();
  readonly #folders: string[];
  readonly #processes = new Set<RotatingProcess>();
  #process: RotatingProcess | undefined;
  #spare: RotatingProcess | undefined;

  private constructor(
    opening: Opening,
    kept: KeptSecrets,
    target: KilledTarget,
    overlapMs: number,
  ) {
    this.kept = kept;
    this.#opening = opening;
    this.#folders = [opening.folder];
    this.#target = target;
    this.consumer = new Consumer({ kept: () => this.kept, target, overlapMs });
  }

  /** @param urlVariable of the store that servers share; absent: the embedded one */
  static async of(target: KilledTarget, urlVariable?: string): Promise<KilledScene> {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-killed-'));
    const opening = { folder, ...(urlVariable && { urlVariable }) };
    const overlapSeconds = target.holds === 'one' ? 0 : 1;
    await prepare(opening, target, overlapSeconds);
    const kept = await KeptSecrets.of(opening);
    return new KilledScene(opening, kept, target, overlapSeconds * 1_000);
  }

  /** The server that was started last. */
  get process(): RotatingProcess {
    if (this.#process === undefined) throw new Error('no process was started');
    return this.#process;
  }

  /** A server in the place of the one before, which is dead. @returns why its rotations are paused */
  start(opening: Partial<Opening> = {}): Promise<string | undefined> {
    this.#process = this.#spare ?? this.#load();
    // loads its modules while the other works
    this.#spare = this.#load();
    return this.#process.open({ ...this.#opening, ...opening });
  }

  /** A server beside others that share the store, with a data folder of its own. */
  async startBeside(): Promise<RotatingProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'reeve-killed-'));
    this.#folders.push(folder);
    for (const name of SHARED_FILES) cpSync(join(this.#opening.folder, name), join(folder, name));
    const server = this.#load();
    await server.open({ ...this.#opening, folder });
    return server;
  }

  /** The embedded store as it is now, while no server runs. @returns what puts it back */
  backup(): () => Promise<void> {
    const { folder } = this.#opening;
    const copy = mkdtempSync(join(tmpdir(), 'reeve-killed-'));
    this.#folders.push(copy);
    const files = ['estate.db', 'estate.db-wal'];
    for (const name of files) cpSync(join(folder, name), join(copy, name));
    return async () => {
      await this.kept.close();
      rmSync(join(folder, 'estate.db-shm'), { force: true });
      for (const name of files) cpSync(join(copy, name), join(folder, name));
      this.kept = await KeptSecrets.of(this.#opening);
    };
  }

  async read(): Promise<Secret> {
    const secret = await this.kept.read(ID);
    for (const { number } of secret.versions) {
      const value = this.kept.value(secret, number);
      if (value) this.#seen.set(JSON.stringify(value), value);
    }
    return secret;
  }

  /** As soon as it is so. */
  async until(isSo: (secret: Secret) => boolean): Promise<Secret> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const secret = await this.read();
      if (isSo(secret)) return secret;
      if (Date.now() > deadline) throw new Error(`in vain: ${JSON.stringify(secret.run)}`);
      await sleep(POLL_MS);
    }
  }

  /** As it is when nothing is left to be done for it, and no person was needed. */
  async settled(): Promise<Secret> {
    while (await this.kept.isAtWork()) {
      await this.until(({ run, versions }) => {
        if (run?.waits) throw new Error(`a person is needed: ${run.step}: ${run.problem}`);
        return run === null && versions.every(({ revocation }) => revocation === null);
      });
    }
    return this.read();
  }

  currentOf(secret: Secret): SecretValue | undefined {
    return this.kept.value(secret, secret.labels.current);
  }

  /** Of the values that there ever were, as this test has seen them, the ones that the target takes.
   *  @param last only so many of them are tried */
  async taken(last = this.#seen.size): Promise<readonly SecretValue[]> {
    const values = [...this.#seen.values()].slice(-last);
    const answers = await Promise.all(values.map((value) => this.#target.takes(value)));
    return values.filter((_, at) => answers[at]);
  }

  /** Ends the servers, and gives the audit log once it is verified. */
  async audit(): Promise<{ problems: readonly unknown[]; entries: readonly AuditEntry[] }> {
    await this.#endServers();
    const store = await storeOf(this.#opening);
    try {
      const { key } = auditKeyOf(this.#opening.folder);
      const { problems } = await verifyLog(await keptSource(store), [], [key]);
      const entries: AuditEntry[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.audit({ limit: 1_000, ...(cursor && { cursor }) });
        entries.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      return { problems, entries: entries.sort((one, other) => one.sequence - other.sequence) };
    } finally {
      await store.close();
    }
  }

  async close(): Promise<void> {
    await this.consumer.stop();
    await this.#endServers();
    await this.kept.close();
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true });
  }

  /** Kills the server that was started last. */
  async kill(): Promise<void> {
    this.process.kill();
    await this.process.dead;
  }

  #load(): RotatingProcess {
    const loaded = new RotatingProcess();
    this.#processes.add(loaded);
    return loaded;
  }

  async #endServers(): Promise<void> {
    for (const one of this.#processes) one.kill();
    await Promise.all([...this.#processes].map((one) => one.dead));
    this.#processes.clear();
    this.#spare = undefined;
  }
}
