import { type Clock, toTimestamp } from '../../../base/clock.ts';
import { Fault, messageOf } from '../../../base/fault.ts';
import { type GrpcClient, isPeerFault } from '../../../base/grpc/index.ts';
import type { TrustBundle } from '../../spiffe/index.ts';
import { renewalOf, retryOf } from '../../workload-api/index.ts';
import { pathOf, writeMessage } from '../protocol/index.ts';
import type { Bootstrap } from './bootstrap.ts';
import { type Connection, dial, type ServerAddress } from './dial.ts';
import type { AgentFolder, KeptIdentity } from './folder.ts';
import { type FollowPolicyParts, followPolicy } from './follow-policy.ts';
import {
  type AgentIdentity,
  authoritiesOf,
  isUnknownAuthority,
  judgeServer,
  toIdentity,
} from './identity.ts';
import { join, learnTrust, renew } from './join.ts';
import { currentProof, type Proof, type ProofSources } from './proofs.ts';
import { backoffOf } from './times.ts';

/** What happens to an agent, for logs and whoever started it. */
export type LinkEvent =
  | { readonly event: 'joined' | 'renewed' | 'resumed'; readonly identity: AgentIdentity }
  /** Told everything that there is to know. */
  | { readonly event: 'connected' }
  /** Once, however often it is tried again. */
  | { readonly event: 'lost'; readonly because: string; readonly hint?: string }
  | { readonly event: 'ended'; readonly end: AgentEnd };

/** Why an agent has ended by itself. */
export interface AgentEnd {
  /** `denied`: everything was dropped; `not-joined`: it never was an agent, and will not be by trying again. */
  readonly kind: 'denied' | 'not-joined';
  readonly fault: Fault;
}

export interface LinkParts {
  readonly server: ServerAddress;
  readonly trustDomain: string;
  readonly folder: AgentFolder;
  /** How the server is known before the first time, as it is said now; undefined: not at all. */
  readonly bootstrap: () => Promise<Bootstrap | undefined>;
  readonly proofs: ProofSources;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Waits; gives up when the signal is aborted, without throwing. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Takes one message of what is told.
   *  @throws {Fault} for one that is none
   *  @returns whether it was the last of what is told together */
  readonly onUpdate: (message: Buffer) => boolean;
  /** What is told begins anew. */
  readonly onBroken: () => void;
  /** Takes the policy of the workloads of this machine; absent: it is not asked for. */
  readonly policy?: Omit<FollowPolicyParts, 'random' | 'sleep'>;
  /** The bundle of the own trust domain as it was last told. */
  readonly bundle: () => TrustBundle | undefined;
  readonly onEvent: (event: LinkEvent) => void;
}

/** How long a call waits for a connection that is being made. */
const PATIENCE_MS = 5_000;
const LOOK_MS = 30_000;

/** The way to the server: joins, connects, hears what is told, renews the agent's identity, and begins anew when the
 *  connection is lost, each time after a longer while. */
export class AgentLink {
  readonly #parts: LinkParts;
  readonly #closing = new AbortController();
  #identity: AgentIdentity | undefined;
  #bundle: TrustBundle | undefined;
  #usedToken: string | null = null;
  #connection: Connection | undefined;
  /** Why there is no connection; undefined while one is being made. */
  #lost: Fault | undefined;
  #waiting: {
    readonly resolve: (client: GrpcClient) => void;
    readonly reject: (fault: unknown) => void;
  }[] = [];
  #failures = 0;
  /** The server does not take the identity. */
  #isRefused = false;
  /** Aborted when the identity is to be renewed before its time. */
  #hurry = new AbortController();
  #running: Promise<void> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #hasEnded = false;

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  get identity(): AgentIdentity | undefined {
    return this.#identity;
  }

  get isConnected(): boolean {
    return this.#connection !== undefined && !this.#connection.gone.aborted;
  }

  /** Takes up the identity that is kept, if it still holds, and begins to connect.
   *  @throws {Fault} `identity/agent-data-…`, `identity/agent-key-…`; `identity/agent-not-joined` where there is
   *  neither an identity nor a way to join */
  async start(): Promise<void> {
    const kept = await this.#parts.folder.identity();
    if (kept) this.#resume(kept);
    if (!this.#identity) await this.#checkWayToJoin();
    this.#running = this.#run();
  }

  /** The connection, as soon as there is one.
   *  @throws {Fault} `peer/unavailable` */
  client(): Promise<GrpcClient> {
    const connection = this.#connection;
    if (connection && !connection.gone.aborted) return Promise.resolve(connection.client);
    if (this.#lost) return Promise.reject(this.#lost);
    return new Promise((resolve, reject) => {
      const fault = new Fault('peer/unavailable', 'The server is being connected to');
      const timer = setTimeout(() => reject(fault), PATIENCE_MS);
      timer.unref();
      this.#waiting.push({ resolve, reject });
    });
  }

  /** Has the identity issued anew now: what signed it may soon be trusted no more. */
  renewNow(): void {
    this.#hurry.abort();
  }

  async close(): Promise<void> {
    this.#closing.abort(new Fault('peer/cancelled', 'The agent ends'));
    this.#connection?.close();
    await this.#running;
    await this.#writing;
  }

  #resume(kept: KeptIdentity): void {
    const { trustDomain, clock, onEvent, folder } = this.#parts;
    if (kept.trustDomain !== trustDomain) {
      throw new Fault(
        'identity/agent-data-conflict',
        `The data folder is that of an agent of ${kept.trustDomain}, and not of ${trustDomain}`,
        { hint: `use another folder than ${folder.path}, or the trust domain that it has` },
      );
    }
    this.#usedToken = kept.usedToken;
    this.#bundle = kept.bundle;
    try {
      this.#identity = toIdentity(kept, kept.bundle, clock());
      onEvent({ event: 'resumed', identity: this.#identity });
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      const because = `The identity that was kept does not hold any more: ${thrown.message}`;
      onEvent({ event: 'lost', because, hint: 'it joins anew, where it can' });
    }
  }

  async #checkWayToJoin(): Promise<void> {
    const { proofs, bootstrap } = this.#parts;
    if (!(await currentProof(proofs, this.#usedToken))) throw hasNoProof(this.#usedToken !== null);
    if (!(await bootstrap()) && !this.#bundle) throw hasNoTrust();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#serve(await this.#identityToUse());
      } catch (thrown) {
        if (signal.aborted) break;
        const end = this.#endOf(thrown);
        if (end) {
          await this.#end(end);
          break;
        }
        this.#isRefused = isPeerFault(thrown, 'unauthenticated');
        this.#lose(toFault(thrown));
        const wait = backoffOf(++this.#failures, this.#parts.random());
        await this.#parts.sleep(wait, signal);
      }
    }
    this.#connection?.close();
    this.#refuseWaiting(new Fault('peer/unavailable', 'The agent has ended'));
  }

  /** The one that there is; another one where it has expired, or the server does not take it and there is something
   *  to join with. */
  async #identityToUse(): Promise<AgentIdentity> {
    const identity = this.#valid();
    if (!identity) return this.#join();
    if (!this.#isRefused) return identity;
    const proof = await currentProof(this.#parts.proofs, this.#usedToken);
    return proof ? this.#join() : identity;
  }

  /** The identity, unless it has expired. */
  #valid(): AgentIdentity | undefined {
    const identity = this.#identity;
    return identity && identity.expiresAt > this.#parts.clock() ? identity : undefined;
  }

  async #join(): Promise<AgentIdentity> {
    const { server, trustDomain, proofs, clock, onEvent } = this.#parts;
    const proof = await currentProof(proofs, this.#usedToken);
    if (!proof) throw hasNoProof(this.#usedToken !== null);
    const bootstrap = await this.#knownServer();
    const { signal } = this.#closing;
    const joined = await join({ server, trustDomain, bootstrap, proof, clock, signal }).catch(
      (thrown: unknown) => {
        throw toJoinFault(thrown, proof);
      },
    );
    this.#usedToken = proof.by === 'join-token' ? proof.hash : null;
    this.#isRefused = false;
    await this.#keep(joined);
    onEvent({ event: 'joined', identity: joined.identity });
    return joined.identity;
  }

  /** What was said at the start comes first: somebody may have said it because what is kept is too old. */
  async #knownServer(): Promise<Bootstrap> {
    const bootstrap = await this.#parts.bootstrap();
    const bundle = this.#ownBundle();
    if (bootstrap && (bootstrap.by !== 'nothing' || !bundle)) return bootstrap;
    if (bundle) return { by: 'bundle', bundle };
    throw hasNoTrust();
  }

  #ownBundle(): TrustBundle | undefined {
    const [told, kept] = [this.#parts.bundle(), this.#bundle];
    // a bundle grows with each change
    return (told?.sequence ?? 0n) >= (kept?.sequence ?? 0n) ? (told ?? kept) : kept;
  }

  /** Connects and hears what is told, until the identity was renewed or the connection is lost. */
  async #serve(identity: AgentIdentity): Promise<void> {
    const connection = await this.#connect(identity);
    const before = this.#connection;
    this.#connection = connection;
    before?.close();
    const over = new AbortController();
    const renewing = this.#renewInTime(identity, connection, over.signal);
    const lost = AbortSignal.any([over.signal, connection.gone]);
    const watching = this.#watch(connection, lost);
    const following = this.#followPolicy(connection, lost);
    try {
      await Promise.race([renewing, watching]);
    } finally {
      over.abort(new Fault('peer/cancelled', 'It begins anew'));
      await Promise.allSettled([renewing, watching, following]);
      this.#parts.onBroken();
    }
  }

  async #connect(own: AgentIdentity): Promise<Connection> {
    const { server, clock } = this.#parts;
    const { signal } = this.#closing;
    const by = (bundle: TrustBundle, authority?: string): Promise<Connection> => {
      const judge = (chain: readonly Buffer[]): void => judgeServer(chain, bundle, clock());
      return dial(server, { own, judge, signal, ...(authority !== undefined && { authority }) });
    };
    const known = this.#ownBundle();
    if (!known) throw hasNoTrust();
    try {
      return await by(known);
    } catch (thrown) {
      if (!isUnknownAuthority(thrown)) throw thrown;
      const former = await firstOf(authoritiesOf(known), (id) => by(known, id));
      if (former) return former;
      const learnt = await this.#learnTrust();
      if (!learnt) throw thrown;
      const connection = await by(learnt);
      await this.keepBundle(learnt);
      return connection;
    }
  }

  /** The authorities may all have changed while the agent was away: then what is said of them now may help. */
  async #learnTrust(): Promise<TrustBundle | undefined> {
    const { server, trustDomain, clock } = this.#parts;
    const bootstrap = await this.#parts.bootstrap();
    if (!bootstrap || bootstrap.by === 'nothing') return undefined;
    const { signal } = this.#closing;
    return learnTrust({ server, trustDomain, bootstrap, clock, signal });
  }

  async #watch({ client }: Connection, signal: AbortSignal): Promise<void> {
    const { onUpdate, onEvent } = this.#parts;
    const stream = client.serverStream(pathOf('Watch'), writeMessage('WatchRequest', {}), {
      signal,
    });
    let isTold = false;
    for await (const message of stream) {
      const isWhole = onUpdate(message);
      if (!isWhole || isTold) continue;
      isTold = true;
      this.#failures = 0;
      this.#lost = undefined;
      for (const { resolve } of this.#waiting.splice(0)) resolve(client);
      onEvent({ event: 'connected' });
    }
    throw new Fault('peer/unavailable', 'The server has ended the stream');
  }

  async #followPolicy({ client }: Connection, signal: AbortSignal): Promise<void> {
    const { policy, random, sleep } = this.#parts;
    if (policy) await followPolicy(client, signal, { ...policy, random, sleep });
  }

  /** Resolves when there is another identity; what fails is tried again as long as this one holds. */
  async #renewInTime(
    identity: AgentIdentity,
    { client }: Connection,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, sleep, random, trustDomain, onEvent } = this.#parts;
    let due = renewalOf(identity, random());
    for (let failures = 1; ; failures++) {
      const wake = AbortSignal.any([signal, this.#hurry.signal]);
      // timers stand still while a machine sleeps, so that the clock is looked at now and then
      while (clock() < due && !wake.aborted) await sleep(Math.min(due - clock(), LOOK_MS), wake);
      this.#hurry = new AbortController();
      if (signal.aborted) return;
      try {
        const renewed = await renew(client, { trustDomain, clock });
        await this.#keep(renewed);
        onEvent({ event: 'renewed', identity: renewed.identity });
        return;
      } catch (thrown) {
        if (signal.aborted || isPeerFault(thrown, 'forbidden')) throw thrown;
        if (clock() >= identity.expiresAt) throw thrown;
        due = retryOf(clock(), failures, random(), identity.expiresAt);
      }
    }
  }

  /** Keeps the bundle that was told, so that the server is known by it after a restart. */
  async keepBundle(bundle: TrustBundle): Promise<void> {
    await this.#keep({ bundle });
  }

  /** Writes one after the other, each with what the others have changed; nothing once the agent has ended. */
  async #keep(change: {
    readonly identity?: AgentIdentity;
    readonly bundle: TrustBundle;
  }): Promise<void> {
    const keeping = this.#writing.then(async () => {
      const { identity = this.#identity, bundle } = change;
      if (!identity || this.#hasEnded) return;
      const { folder, trustDomain } = this.#parts;
      const { chain, privateKey } = identity;
      const usedToken = this.#usedToken;
      await folder.keepIdentity({ trustDomain, chain, privateKey, bundle, usedToken });
      this.#identity = identity;
      this.#bundle = bundle;
    });
    this.#writing = keeping.catch(() => {});
    await keeping;
  }

  #lose(fault: Fault): void {
    const isFirst = this.#lost === undefined;
    const message = fault.message;
    const isOther = this.#lost?.code !== fault.code;
    this.#lost = fault;
    this.#refuseWaiting(fault);
    if (!isFirst && !isOther) return;
    const until = this.#valid()?.expiresAt;
    const because =
      until === undefined ? message : `${message} (identity until ${toTimestamp(until)})`;
    this.#parts.onEvent({
      event: 'lost',
      because,
      ...(fault.hint !== undefined && { hint: fault.hint }),
    });
  }

  #refuseWaiting(fault: Fault): void {
    for (const { reject } of this.#waiting.splice(0)) reject(fault);
  }

  #endOf(thrown: unknown): AgentEnd | undefined {
    if (isPeerFault(thrown, 'forbidden')) return { kind: 'denied', fault: thrown };
    // one that holds SVIDs of workloads goes on until they have expired
    const isFinal = thrown instanceof Fault && thrown.code.startsWith('identity/agent-not-joined');
    if (isFinal && !this.#identity) return { kind: 'not-joined', fault: thrown };
    return undefined;
  }

  async #end(end: AgentEnd): Promise<void> {
    this.#hasEnded = true;
    this.#lost = end.fault;
    await this.#writing;
    this.#connection?.close();
    this.#connection = undefined;
    if (end.kind === 'denied') this.#identity = undefined;
    this.#parts.onEvent({ event: 'ended', end });
  }
}

function toFault(thrown: unknown): Fault {
  if (!(thrown instanceof Fault)) {
    return new Fault('peer/failed', messageOf(thrown), { cause: thrown });
  }
  if (thrown.code !== 'peer/unauthenticated') return thrown;
  return new Fault(thrown.code, thrown.message, {
    hint: 'it goes on with what it holds; to have it join anew, give it a new join token',
  });
}

/** What the first of these gives that does not fail; undefined where all of them do. */
async function firstOf<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result | undefined> {
  for (const item of items) {
    const result = await work(item).catch(() => undefined);
    if (result) return result;
  }
  return undefined;
}

/** What the server has against a proof stays so; that it was not reached does not. */
function toJoinFault(thrown: unknown, { by }: Proof): unknown {
  const isFinal = ['forbidden', 'invalid', 'unauthenticated'].some((meaning) =>
    isPeerFault(thrown, meaning),
  );
  if (!isFinal) return thrown;
  return new Fault('identity/agent-not-joined/refused', (thrown as Fault).message, {
    hint:
      by === 'join-token'
        ? 'make a new join token for this host, and start the agent with it'
        : 'see which service accounts are agents: `identity.agents.kubernetes` of the server',
  });
}

const hasNoProof = (hasUsed: boolean) =>
  new Fault(
    'identity/agent-not-joined/no-proof',
    hasUsed
      ? 'The identity of this agent has expired, and its join token was used already'
      : 'This agent has no identity yet, and nothing to join with',
    {
      hint: 'make a join token for this host, and give it by --join-token-file or REEVE_JOIN_TOKEN',
    },
  );

const hasNoTrust = () =>
  new Fault('identity/agent-not-joined/no-trust', 'Nothing says by what the server is known', {
    hint:
      'give --trust-bundle FILE or --trust-bundle-sha256 HASH; ' +
      '--insecure-bootstrap believes whoever answers',
  });
