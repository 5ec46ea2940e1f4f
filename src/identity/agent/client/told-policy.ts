import type { Log } from '../../../base/log.ts';
import { PolicyAssembly, type PolicyDocument, policyInOnePage } from '../protocol/index.ts';
import { CacheWriter } from './cache-writer.ts';
import type { AgentFolder } from './folder.ts';

/** Who understands the policy that an agent carries. */
export interface PolicySink {
  /** Takes another policy, all of it.
   *  @throws {Fault} for what it cannot read: what was known before holds */
  take(bytes: Buffer): void;
  /** Nothing that was told holds any more: the agent is denied. */
  drop(): void;
}

/** The policy of the workloads of this machine as it was told last, kept on disk, so that an agent that starts without
 *  its server goes on with it. */
export class ToldPolicy {
  readonly #sink: PolicySink;
  readonly #folder: AgentFolder;
  readonly #log: Log;
  readonly #cache: CacheWriter;
  readonly #assembly = new PolicyAssembly();
  #told: PolicyDocument | undefined;

  constructor(sink: PolicySink, folder: AgentFolder, log: Log) {
    this.#sink = sink;
    this.#folder = folder;
    this.#log = log;
    this.#cache = new CacheWriter(
      (bytes) => folder.keepPolicy(bytes),
      () => this.#write(),
      (thrown) => log.warn({ err: thrown }, 'the policy that was told was not kept on disk'),
    );
  }

  /** Of what is known; empty: nothing is. */
  get revision(): string {
    return this.#told?.revision ?? '';
  }

  /** Takes up what was kept; what is damaged is left out. */
  async resume(): Promise<void> {
    try {
      const bytes = await this.#folder.policy();
      if (bytes) this.#take(bytes);
    } catch (thrown) {
      this.breakOff();
      this.#log.warn({ err: thrown }, 'the policy that was kept is damaged, and is fetched anew');
    }
  }

  /** Takes one message of what the server tells.
   *  @throws {Fault} for one that is none, or policy that cannot be read */
  take(message: Buffer): void {
    if (this.#take(message)) this.#cache.changed();
  }

  /** What was begun is told anew. */
  breakOff(): void {
    this.#assembly.breakOff();
  }

  /** Forgets it, what waits to be written too. */
  async drop(): Promise<void> {
    this.#told = undefined;
    this.#sink.drop();
    await this.#cache.drop();
  }

  async close(): Promise<void> {
    await this.#cache.close();
  }

  /** Whether there is another policy now. */
  #take(message: Buffer): boolean {
    const policy = this.#assembly.take(message);
    // no bytes: what is known holds
    if (!policy || policy.bytes.length === 0 || policy.revision === this.revision) return false;
    this.#sink.take(policy.bytes);
    this.#told = policy;
    return true;
  }

  #write(): Buffer {
    return this.#told ? policyInOnePage(this.#told) : Buffer.alloc(0);
  }
}
