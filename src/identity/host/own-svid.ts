import type { Clock } from '../../base/clock.ts';
import { toTimestamp } from '../../base/clock.ts';
import { type Entry, entryId, RESERVED_PATH } from '../registration/index.ts';
import type { TrustBundle } from '../spiffe/index.ts';
import { type Entitled, type Entitlement, SvidCache } from '../workload-api/index.ts';
import { supplied } from './supplied.ts';
import type { IdentitySupply } from './supply.ts';

/** Path of the server's own SPIFFE ID. */
export const SERVER_PATH = `${RESERVED_PATH}/server`;

/** An X.509-SVID that Reeve itself shows, with what it trusts. */
export interface OwnIdentity {
  readonly spiffeId: string;
  /** In DER, the leaf first. */
  readonly chain: readonly Buffer[];
  /** PKCS#8 in DER, not encrypted. */
  readonly privateKey: Buffer;
  readonly bundles: readonly TrustBundle[];
  /** In DER. */
  readonly crls: readonly Buffer[];
}

/** What it calls itself, where that is not the server. */
export interface OwnNames {
  /** Of its SPIFFE ID, below `/reeve`. */
  readonly path?: string;
  readonly dnsNames?: readonly string[];
}

const TTL_SECONDS = 3_600;

/** Keeps the X.509-SVID fresh that the server shows to agents and to other trust domains. */
export class OwnSvid {
  readonly spiffeId: string;
  readonly #svids: SvidCache;
  readonly #undo: () => void;
  readonly #listeners = new Set<(identity: OwnIdentity) => void>();
  #current: OwnIdentity | undefined;
  /** Why there is none. */
  #because = 'it is being issued';

  constructor(
    supply: IdentitySupply,
    clock: Clock,
    onFailure: (thrown: unknown) => void,
    { path = SERVER_PATH, dnsNames = [] }: OwnNames = {},
  ) {
    const entry = serverEntry(supply.trustDomain, clock(), path, dnsNames);
    this.spiffeId = entry.spiffeId;
    this.#svids = new SvidCache(
      {
        ...supplied(supply, clock),
        match: () => ({ kind: 'matches', matches: [{ entry, hint: '' }] }),
        onFailure: (_, thrown) => onFailure(thrown),
      },
      { maxIssuing: 1 },
    );
    this.#undo = supply.onChange((change) => {
      if (change === 'reissue') this.#svids.renewAll();
      if (change === 'trust') this.#svids.trustChanged();
    });
    this.#svids.watch([], (entitlement) => this.#tell(entitlement));
  }

  /** Undefined while there is none. */
  get current(): OwnIdentity | undefined {
    return this.#current;
  }

  /** Why there is none. */
  get because(): string {
    return this.#because;
  }

  /** Tells what it is now, where it is known, and each change of it.
   *  @returns what ends it */
  onChange(listener: (identity: OwnIdentity) => void): () => void {
    this.#listeners.add(listener);
    if (this.#current) listener(this.#current);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#undo();
    this.#svids.close();
    this.#listeners.clear();
  }

  #tell(entitlement: Entitlement): void {
    if (entitlement.kind !== 'entitled') {
      this.#current = undefined;
      this.#because = entitlement.kind === 'starting' ? entitlement.because : 'it is refused';
      return;
    }
    this.#current = toIdentity(entitlement);
    for (const listener of this.#listeners) listener(this.#current);
  }
}

function toIdentity({ svids: [svid], bundles, crls }: Entitled): OwnIdentity {
  // an entitlement has one at least
  const { spiffeId, chain, privateKey } = svid!;
  return { spiffeId, chain, privateKey, bundles, crls };
}

/** Not among the entries that people and the estate make: its path is Reeve's own. */
function serverEntry(
  trustDomain: string,
  now: number,
  path: string,
  dnsNames: readonly string[],
): Entry {
  const spiffeId = `spiffe://${trustDomain}${path}`;
  return {
    ...{ id: entryId(spiffeId, null, []), spiffeId, owner: null, parent: null, selectors: [] },
    ...{ x509TtlSeconds: TTL_SECONDS, jwtTtlSeconds: TTL_SECONDS, dnsNames },
    ...{ federatesWith: [], hint: '', expiresAt: null, services: [], origin: 'automatic' },
    ...{ absentSince: null, createdBy: 'reeve', createdAt: toTimestamp(now) },
  };
}
