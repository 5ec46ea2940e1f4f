import { splitCertificates } from '../../../src/identity/x509/verifier.ts';
import { ReeveError } from '../error.ts';
import type { X509SvidResponse } from '../workload-api/index.ts';
import { X509Trust } from '../x509/index.ts';
import { readSvid, type X509Svid } from './svid.ts';

/** All that a workload is and trusts at one time. It does not change: an update is another one. */
export interface X509Identity {
  /** The one that is shown to peers. */
  readonly svid: X509Svid;
  /** Every one, the default one first. */
  readonly svids: readonly X509Svid[];
  /** Authorities in DER, by trust domain. */
  readonly bundles: ReadonlyMap<string, readonly Buffer[]>;
  /** Lists of revoked certificates, in DER. */
  readonly crls: readonly Buffer[];
  /** What judges peers by these bundles and lists. */
  readonly trust: X509Trust;
}

/** Where a server or an agent takes its identity from: an `X509Source`, or whatever tells of changes
 *  in the same way. */
export interface IdentitySource {
  /** Undefined until there is one. */
  readonly identity: X509Identity | undefined;
  on(event: 'updated', listener: () => void): unknown;
  off(event: 'updated', listener: () => void): unknown;
}

export interface IdentityParts {
  readonly svids: readonly X509Svid[];
  readonly bundles: ReadonlyMap<string, readonly Buffer[]>;
  readonly crls?: readonly Buffer[];
  /** Which of several is shown to peers; the first if undefined. */
  readonly pick?: (svids: readonly X509Svid[]) => X509Svid | undefined;
}

const MAX_AUTHORITIES = 1_000;

/** Puts an identity together.
 *  @throws {ReeveError} `svid/none`, `svid/not-picked` */
export function identityOf({ svids, bundles, crls = [], pick }: IdentityParts): X509Identity {
  const svid = pick ? pick(svids) : svids[0];
  if (svid === undefined) {
    throw pick && svids.length > 0
      ? new ReeveError('svid/not-picked', 'of the X.509-SVIDs of this workload none was picked')
      : new ReeveError('svid/none', 'there is no X.509-SVID of this workload');
  }
  // Of the own authorities, those below the root: peers of the same one may leave them out.
  const intermediates = svids.flatMap(({ chain }) => chain.slice(1));
  const trust = new X509Trust({ bundles, crls, intermediates });
  return { svid, svids, bundles, crls, trust };
}

/** The identity that an answer of the Workload API tells of. SVIDs that are unusable are left out, and
 *  `onFlaw` hears of them, as of authorities and lists that cannot be read.
 *  @throws {ReeveError} where no SVID is left; `identity/der-malformed` for a bundle that is none */
export function identityOfResponse(
  { svids: raw, crls, federated }: X509SvidResponse,
  onFlaw: (flaw: ReeveError) => void,
  pick?: IdentityParts['pick'],
): X509Identity {
  const bundles = new Map<string, readonly Buffer[]>();
  for (const [trustDomain, bytes] of federated) {
    bundles.set(trustDomain, splitCertificates(bytes, MAX_AUTHORITIES));
  }
  const flaws: ReeveError[] = [];
  const svids = raw.flatMap((one) => {
    try {
      const svid = readSvid(one);
      bundles.set(svid.trustDomain, splitCertificates(one.bundle, MAX_AUTHORITIES));
      return [svid];
    } catch (thrown) {
      if (!(thrown instanceof ReeveError)) throw thrown;
      flaws.push(thrown);
      return [];
    }
  });
  if (svids.length === 0 && flaws[0]) throw flaws[0];
  const identity = identityOf({ svids, bundles, crls, ...(pick && { pick }) });
  for (const flaw of [...flaws, ...identity.trust.flaws]) onFlaw(flaw);
  return identity;
}

/** The identity whose SVID is shown to peers at `now`, in milliseconds since 1970.
 *  @throws {ReeveError} `svid/not-ready`, `svid/expired` */
export function usableIdentity({ identity }: IdentitySource, now: number): X509Identity {
  if (!identity) {
    throw new ReeveError('svid/not-ready', 'this workload has no X.509-SVID yet', {
      hint: 'wait for `source.ready()`, which says why it takes long',
    });
  }
  const { expiresAt } = identity.svid;
  if (now <= expiresAt.getTime()) return identity;
  const when = expiresAt.toISOString();
  throw new ReeveError('svid/expired', `the X.509-SVID of this workload expired at ${when}`, {
    hint: 'see why the agent sends no new one: `source.lastError` tells',
  });
}
