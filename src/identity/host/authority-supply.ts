import type { Clock } from '../../base/clock.ts';
import {
  type Asking,
  type AuthorityKeeper,
  type AuthorityNotice,
  type Denial,
  DenyIndex,
  type Issuance,
  type Shown,
} from '../authority/index.ts';
import type { Entry, EntryIndex, Selector } from '../registration/index.ts';
import { parseSpiffeId, type TrustBundle } from '../spiffe/index.ts';
import type { Matched, Trust } from '../workload-api/index.ts';
import { Crls } from './crls.ts';
import { matchWorkload } from './match.ts';
import type {
  IdentitySupply,
  JwtWish,
  SuppliedJwt,
  SuppliedX509,
  SupplyChange,
  X509Wish,
} from './supply.ts';

/** Tells of changes from now on; what it gives ends that. */
type Subscribe = (listener: () => void) => () => void;

export interface AuthoritySupplyParts {
  readonly keeper: AuthorityKeeper;
  readonly entries: { readonly index: EntryIndex; readonly onChange: Subscribe };
  /** Bundles of other trust domains. */
  readonly federation?: {
    bundles(): readonly TrustBundle[];
    readonly onChange: Subscribe;
  };
  readonly clock: Clock;
}

/** What an SVID is issued for, and who asks. */
export interface Asked {
  readonly entry: Entry;
  readonly by: Asking;
}

const CHECK_CRLS_MS = 600_000;
const WORKLOAD: Asking = { actor: 'workload-api', reason: '' };
/** What is to be told of each notice of the authorities. */
const CHANGES: Readonly<Record<AuthorityNotice['effect'], SupplyChange | undefined>> = {
  publish: 'trust',
  activated: undefined,
  deny: 'trust',
  reissue: 'reissue',
};

/** Identities as the authority itself gives them: for the workloads of its own machine, and for agents. */
export class AuthoritySupply implements IdentitySupply {
  readonly trustDomain: string;
  readonly #parts: AuthoritySupplyParts;
  readonly #crls: Crls;
  readonly #listeners = new Set<(change: SupplyChange) => void>();
  readonly #undo: (() => void)[];
  #denied: DenyIndex;

  constructor(parts: AuthoritySupplyParts) {
    const { keeper, entries, federation, clock } = parts;
    this.trustDomain = keeper.state.trustDomain;
    this.#parts = parts;
    this.#denied = new DenyIndex(keeper.state.revocation);
    this.#crls = new Crls({
      sequence: () => keeper.state.revocation.sequence,
      authorities: () => trustedAuthorities(keeper),
      sign: (authority, validitySeconds) => keeper.crlOf(authority, validitySeconds),
      clock,
    });
    const timer = setInterval(() => {
      if (clock() >= this.#crls.renewAt) this.#tell('trust');
    }, CHECK_CRLS_MS).unref();
    this.#undo = [
      keeper.onChange((notice) => this.#noticed(notice)),
      entries.onChange(() => this.#tell('entries')),
      federation?.onChange(() => this.#tell('trust')) ?? (() => {}),
      () => clearInterval(timer),
    ];
  }

  match(selectors: readonly Selector[], spiffeId?: string): Matched {
    const { entries, clock } = this.#parts;
    return matchWorkload(entries.index, {
      workload: { selectors, agent: null },
      spiffeId,
      now: clock(),
      denialOf: this.denialOf,
    });
  }

  asksFor(type: string, key: string): boolean {
    return this.#parts.entries.index.asksFor(type, key);
  }

  trustOf(trustDomains: ReadonlySet<string>): Trust {
    const { keeper, federation } = this.#parts;
    const bundles = [keeper.bundle, ...(federation?.bundles() ?? [])];
    return {
      bundles: bundles.filter(({ trustDomain }) => trustDomains.has(trustDomain)),
      crls: this.#crls.current(),
    };
  }

  async issueX509({ entry, key }: X509Wish): Promise<SuppliedX509> {
    const publicKey = key.publicKey.export({ format: 'der', type: 'spki' });
    return this.issueX509For({ entry, by: WORKLOAD }, publicKey);
  }

  async issueJwt({ entry, audience }: JwtWish): Promise<SuppliedJwt> {
    return this.issueJwtFor({ entry, by: WORKLOAD }, audience);
  }

  /** Issues to whoever holds a key, and keeps that it was before it is handed out.
   *  @param publicKey SubjectPublicKeyInfo
   *  @throws {Fault} why it is refused */
  async issueX509For({ entry, by }: Asked, publicKey: Buffer): Promise<SuppliedX509> {
    const svid = await this.#kept(
      this.#parts.keeper.issueX509({
        ...requestFor(entry, by),
        ttlSeconds: entry.x509TtlSeconds,
        publicKey,
        dnsNames: entry.dnsNames,
      }),
    );
    return { chain: svid.chain, expiresAt: svid.notAfter };
  }

  /** @throws {Fault} why it is refused */
  async issueJwtFor({ entry, by }: Asked, audience: readonly string[]): Promise<SuppliedJwt> {
    return this.#kept(
      this.#parts.keeper.issueJwt({
        ...requestFor(entry, by),
        ttlSeconds: entry.jwtTtlSeconds,
        audience,
      }),
    );
  }

  denialOf = (shown: Shown): Denial | undefined => this.#denied.find(shown);

  onChange(listener: (change: SupplyChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    for (const undo of this.#undo) undo();
    this.#listeners.clear();
  }

  async #kept<Svid>(answer: Issuance<Svid>): Promise<Svid> {
    await this.#parts.keeper.record([answer]);
    if (answer.outcome === 'refused') throw answer.fault;
    return answer.svid;
  }

  #noticed(notice: AuthorityNotice): void {
    if (notice.effect === 'deny') {
      this.#denied = new DenyIndex(this.#parts.keeper.state.revocation);
      // who is denied for good matches no entry any more
      this.#tell('entries');
    }
    const change = CHANGES[notice.effect];
    if (change !== undefined) this.#tell(change);
  }

  #tell(change: SupplyChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

function requestFor({ spiffeId, services: [service = ''] }: Entry, by: Asking) {
  return { id: parseSpiffeId(spiffeId), service, by };
}

/** Those whose own certificates are in the bundle or lead to one that is. */
function trustedAuthorities({ state }: AuthorityKeeper): string[] {
  return state.authorities
    .filter(({ kind, status }) => kind === 'x509' && status !== 'prepared')
    .map(({ id }) => id);
}
