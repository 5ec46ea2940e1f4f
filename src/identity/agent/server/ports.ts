import type { Clock } from '../../../base/clock.ts';
import type { NewAuditEntry } from '../../../estate/index.ts';
import type { Attestors } from '../../attestation/index.ts';
import type { Asking, Denial, Shown } from '../../authority/index.ts';
import type { Asked, OwnIdentity, SuppliedJwt, SuppliedX509 } from '../../host/index.ts';
import type { Entry } from '../../registration/index.ts';
import type { SpiffeId, TrustBundle } from '../../spiffe/index.ts';
import type { PolicyDocument } from '../protocol/index.ts';

/** What a listener shows of itself. */
export type ShownSvid = Pick<OwnIdentity, 'chain' | 'privateKey'>;

/** Everything that agents are told of trust. */
export interface AllTrust {
  /** The trust domain's own first, then those that it is federated with. */
  readonly bundles: readonly TrustBundle[];
  /** In DER. */
  readonly crls: readonly Buffer[];
  readonly denials: readonly Denial[];
}

export interface AgentSvidRequest {
  readonly id: SpiffeId;
  /** SubjectPublicKeyInfo of a key that has been judged. */
  readonly publicKey: Buffer;
  readonly ttlSeconds: number;
  readonly by: Asking;
}

/** Tells of changes from now on; what it gives ends that. */
type Subscribe = (listener: () => void) => () => void;

/** What decides about calls, for those who have one of some SPIFFE IDs. Agents carry it, and do not understand it. */
export interface PolicyBytes {
  /** The same value as long as it says the same; undefined: nothing is known yet.
   *  @throws {Fault} where it is more than may be sent */
  of(spiffeIds: readonly string[]): PolicyDocument | undefined;
  readonly onChange: Subscribe;
}

/** What serving agents needs of the rest. */
export interface AgentServerPorts {
  readonly trustDomain: string;
  readonly attestors: Pick<Attestors, 'join-token' | 'kubernetes'>;
  readonly entries: {
    /** All there are. */
    all(): Iterable<Entry>;
    get(id: string): Entry | undefined;
    readonly onChange: Subscribe;
  };
  /** The trust domain's own bundle: a new object for each change. */
  bundle(): TrustBundle;
  trust(): AllTrust;
  /** Tells of changes of bundles, and of what is revoked. */
  readonly onTrustChange: Subscribe;
  /** Tells that whatever was issued is to be issued anew now. */
  readonly onReissue: Subscribe;
  /** Issues to workloads, and records that before it resolves; refusals, too.
   *  @throws {Fault} why it is refused */
  issueX509(asked: Asked, publicKey: Buffer): Promise<SuppliedX509>;
  /** @throws {Fault} as `issueX509` */
  issueJwt(asked: Asked, audience: readonly string[]): Promise<SuppliedJwt>;
  /** Issues to an agent itself, and records it.
   *  @throws {Fault} as `issueX509` */
  issueAgent(request: AgentSvidRequest): Promise<SuppliedX509>;
  /** The denial that an SVID falls under though it verifies. */
  denialOf(shown: Shown): Denial | undefined;
  /** Tells what the listener is to show, the identity `/reeve/server`: what it is now, if there is one, and each
   *  change of it; what it gives ends that. */
  onOwnSvid(listener: (svid: ShownSvid) => void): () => void;
  /** Keeps what was refused before an authority was asked. */
  audit(entries: readonly NewAuditEntry[]): Promise<void>;
  readonly clock: Clock;
  /** Absent: agents are told no policy. */
  readonly policy?: PolicyBytes;
  /** Hears of what could not be told to agents, and is tried again. */
  readonly onFailure?: (thrown: unknown) => void;
  /** Hears of agents that come, go and are refused, for logs: a sentence. */
  readonly onEvent?: (event: AgentEvent) => void;
}

/** What has happened with agents. */
export interface AgentEvent {
  readonly event: 'joined' | 'renewed' | 'connected' | 'gone' | 'refused';
  /** SPIFFE ID of the agent, as far as it is known. */
  readonly agent?: string;
  /** The address that it calls from. */
  readonly from: string;
  /** A sentence, where there is more to say. */
  readonly because?: string;
}
