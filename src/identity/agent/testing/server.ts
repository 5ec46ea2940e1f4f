import { randomBytes } from 'node:crypto';
import { freePort } from '../../../base/testing/free-port.ts';
import type { NewAuditEntry } from '../../../estate/index.ts';
import {
  AttestationConfig,
  type Cluster,
  createAttestors,
  type JoinTokenStore,
  machinePorts,
  makeJoinToken,
} from '../../attestation/index.ts';
import { memoryJoinTokens } from '../../attestation/join-token/testing/memory-store.ts';
import type { AuthorityKeeper, Certify } from '../../authority/index.ts';
import { KeeperRig } from '../../authority/testing/keeper.ts';
import { AuthoritySupply, type OwnIdentity, OwnSvid } from '../../host/index.ts';
import { type Entry, EntryIndex, type EntryInput } from '../../registration/index.ts';
import { entryWith } from '../../registration/testing/entries.ts';
import type { TrustBundle } from '../../spiffe/index.ts';
import { AgentsConfig } from '../config.ts';
import {
  type AgentEvent,
  type AgentServer,
  type AgentServerPorts,
  agentServerPorts,
  serveAgents,
} from '../server/index.ts';

export interface ServerRigOptions {
  /** Of the authority. */
  readonly authority?: unknown;
  readonly agents?: object;
  /** Absent: the time of day of this machine. */
  readonly wall?: number;
  readonly clusters?: readonly Cluster[];
  /** Where certificates of authorities come from; absent: from themselves. */
  readonly certify?: Certify;
  /** Changes what the service works with. */
  readonly ports?: (ports: AgentServerPorts) => AgentServerPorts;
}

export const BY = { actor: 'ada', reason: 'a test' };

/** A server of agents with an authority of its own, in this process; its clock is turned by hand where `wall` says
 *  where it begins. */
export class ServerRig {
  readonly keeperRig: KeeperRig;
  readonly index = new EntryIndex();
  readonly tokens: JoinTokenStore = memoryJoinTokens();
  readonly events: AgentEvent[] = [];
  readonly audited: NewAuditEntry[] = [];
  readonly options: ServerRigOptions;
  federated: readonly TrustBundle[] = [];
  keeper!: AuthorityKeeper; // set by `start`, which is the only way to make one
  supply!: AuthoritySupply; // as above
  server!: AgentServer; // as above
  #own: OwnSvid | undefined;
  readonly #onEntries = new Set<() => void>();
  readonly #onTrust = new Set<() => void>();
  readonly #onOwn = new Set<(svid: OwnIdentity) => void>();

  private constructor(options: ServerRigOptions) {
    this.options = options;
    this.keeperRig = new KeeperRig(options.authority ?? {});
    this.keeperRig.wall = options.wall ?? Date.now();
    if (options.wall === undefined) {
      this.keeperRig.parts = { ...this.keeperRig.parts, clock: Date.now };
    }
  }

  static async start(options: ServerRigOptions = {}): Promise<ServerRig> {
    const rig = new ServerRig(options);
    const { certify } = options;
    rig.keeper = await rig.keeperRig.open(certify ? { certify } : {});
    await rig.#serve({ port: await freePort(), ...options.agents });
    return rig;
  }

  get clock(): () => number {
    return this.keeperRig.parts.clock;
  }

  /** `127.0.0.1:41234` */
  get address(): string {
    return this.server.address;
  }

  get bundle(): TrustBundle {
    return this.keeper.bundle;
  }

  /** What the audit log has, of both kinds of refusals too. */
  get log(): readonly NewAuditEntry[] {
    return [...this.keeperRig.store.log, ...this.audited];
  }

  /** A token for an agent, by the end of its name. */
  async token(name: string, ttlSeconds = 600): Promise<string> {
    const made = makeJoinToken(
      { agent: `spiffe://example.org/reeve/agent/${name}`, ttlSeconds },
      {
        trustDomain: 'example.org',
        by: 'ada',
        now: this.clock(),
        maxTtlSeconds: 3_600,
        randomBytes,
      },
    );
    await this.tokens.add(made.record);
    return made.token;
  }

  /** Registers somebody, and tells the agents. */
  register(said: Partial<EntryInput>): Entry {
    const entry = entryWith(said, { now: this.clock() });
    this.index.set(entry);
    this.entriesChanged();
    return entry;
  }

  remove(entry: Entry): void {
    this.index.delete(entry.id);
    this.entriesChanged();
  }

  entriesChanged(): void {
    for (const listener of this.#onEntries) listener();
  }

  trustChanged(): void {
    for (const listener of this.#onTrust) listener();
  }

  /** Has what the server shows issued anew, by the authority that signs now. */
  async renewOwn(): Promise<void> {
    const own = new OwnSvid(this.supply, this.clock, () => {});
    await new Promise<void>((resolve) => {
      own.onChange((svid) => {
        for (const listener of this.#onOwn) listener(svid);
        resolve();
      });
    });
    this.#own?.close();
    this.#own = own;
  }

  /** Ends what agents connect to; the authority stays. */
  async stop(): Promise<void> {
    await this.server.close(0);
    this.#own?.close();
    this.supply.close();
  }

  /** Serves again, at the same port. */
  async restart(): Promise<void> {
    const { port } = this.server;
    await this.stop();
    await this.#serve({ ...this.options.agents, port });
  }

  async close(): Promise<void> {
    await this.stop();
    await this.keeper.close();
  }

  async #serve(config: object): Promise<void> {
    const { keeper, clock } = this;
    const entries = {
      index: this.index,
      onChange: (listener: () => void) => {
        this.#onEntries.add(listener);
        return () => this.#onEntries.delete(listener);
      },
    };
    this.supply = new AuthoritySupply({
      keeper,
      entries,
      federation: {
        bundles: () => this.federated,
        onChange: (listener) => {
          this.#onTrust.add(listener);
          return () => this.#onTrust.delete(listener);
        },
      },
      clock,
    });
    this.#own = new OwnSvid(this.supply, clock, () => {});
    const attestation = AttestationConfig.parse({});
    const attestors = createAttestors(
      {
        clock,
        workload: machinePorts(attestation),
        clusters: () => this.options.clusters ?? [],
        joinTokens: this.tokens,
      },
      attestation,
    );
    const ports = agentServerPorts({
      keeper,
      supply: this.supply,
      entries,
      federated: () => this.federated,
      attestors,
      ownSvid: {
        onChange: (listener) => {
          this.#onOwn.add(listener);
          const unsubscribe = this.#own?.onChange(listener);
          return () => {
            this.#onOwn.delete(listener);
            unsubscribe?.();
          };
        },
      },
      audit: async (found) => {
        this.audited.push(...found);
      },
      clock,
      onEvent: (event) => this.events.push(event),
    });
    const { ports: change = (all: AgentServerPorts) => all } = this.options;
    this.server = await serveAgents(change(ports), { config: AgentsConfig.parse(config) });
  }
}
