import { Fault, quote } from '../../../base/fault.ts';
import type { IssuedJwtSvid, JwtSvidRequest } from '../../jwt/index.ts';
import type { SpiffeId } from '../../spiffe/index.ts';
import {
  type Authority,
  createSvidIssuer,
  type FillRandom,
  type IssuedSvid,
  type SvidRequest,
} from '../../x509/index.ts';
import type { AuthorityConfig } from '../config.ts';
import { DenyIndex } from '../deny-index.ts';
import { entryOf } from '../entries.ts';
import { keyFingerprint } from '../key-fingerprint.ts';
import type { Asking, AuthorityKind, AuthorityState, SigningAuthority } from '../model.ts';
import { type AuthorityPolicy, isUsable, longestTtlOf, policyOf } from '../policy.ts';
import type { DenialRequest } from '../revocation.ts';
import type { Issuance } from './outcome.ts';

/** Who is to get an SVID: whoever asks has been attested. */
interface Asked {
  readonly id: SpiffeId;
  /** The service of the estate that it counts for; empty: none. */
  readonly service: string;
  /** Of its entry. Longer than what authorities give, it is cut. */
  readonly ttlSeconds?: number;
  readonly by: Asking;
}

export interface X509Request extends Asked {
  /** SubjectPublicKeyInfo, as `readPublicKey` or `readCsr` let it pass. */
  readonly publicKey: Buffer;
  readonly dnsNames?: readonly string[];
}

export interface JwtRequest extends Asked {
  /** At least one. */
  readonly audience: readonly string[];
}

/** An X.509-SVID that was issued. Times are in milliseconds since 1970. */
export interface IssuedX509 extends IssuedSvid {
  readonly id: SpiffeId;
  /** DER, the leaf first, up to what an anchor signed. */
  readonly chain: readonly Buffer[];
  /** Id of the authority that signed it. */
  readonly authority: string;
}

export interface IssuedJwt extends IssuedJwtSvid {
  readonly id: SpiffeId;
  readonly authority: string;
}

type JwtIssuer = (request: JwtSvidRequest, now: number) => IssuedJwtSvid;

/** The authorities that sign now, with what signs for them. */
export interface ActiveSigners {
  readonly x509?: { readonly of: SigningAuthority; readonly authority: Authority };
  readonly jwt?: { readonly of: SigningAuthority; readonly issue: JwtIssuer };
}

/** Issues SVIDs as the state at one time allows it; a new state needs a new one. */
export class Issuer {
  readonly #signers: ActiveSigners;
  readonly #issueX509: ((request: SvidRequest, now: number) => IssuedSvid) | undefined;
  readonly #chain: readonly Buffer[];
  readonly #denied: DenyIndex;
  readonly #trustDomain: string;
  readonly #config: AuthorityConfig;
  readonly #policy: AuthorityPolicy;

  constructor(
    state: Pick<AuthorityState, 'trustDomain' | 'revocation'>,
    signers: ActiveSigners,
    config: AuthorityConfig,
    fillRandom: FillRandom,
  ) {
    const { x509 } = signers;
    this.#signers = signers;
    this.#issueX509 = x509 && createSvidIssuer(x509.authority, fillRandom);
    this.#chain = x509?.of.chain.map((der) => Buffer.from(der, 'base64')) ?? [];
    this.#denied = new DenyIndex(state.revocation);
    this.#trustDomain = state.trustDomain;
    this.#config = config;
    this.#policy = policyOf(config);
  }

  /** Issues an X.509-SVID.
   *  @param wall milliseconds since 1970 */
  issueX509(request: X509Request, wall: number): Issuance<IssuedX509> {
    return this.#answer('x509', request, wall, () => {
      const { id, publicKey, dnsNames = [] } = request;
      this.#judge(id, wall, () => keyFingerprint(publicKey));
      const of = this.#usable('x509', wall);
      const ttlSeconds = ttlOf(request, this.#config.x509.svidTtlSeconds, of);
      // there is one where there is an authority
      const svid = this.#issueX509!({ id, publicKey, dnsNames, ttlSeconds }, wall);
      const chain = [svid.certificate, ...this.#chain];
      const detail = { serial: svid.serialNumber, until: svid.notAfter };
      return { svid: { ...svid, id, chain, authority: of.id }, detail };
    });
  }

  /** Issues a JWT-SVID.
   *  @param wall milliseconds since 1970 */
  issueJwt(request: JwtRequest, wall: number): Issuance<IssuedJwt> {
    return this.#answer('jwt', request, wall, () => {
      const { id, audience } = request;
      this.#judge(id, wall);
      const of = this.#usable('jwt', wall);
      const { svidTtlSeconds, issuer } = this.#config.jwt;
      const left = Math.floor(of.notAfter / 1_000) - Math.floor(wall / 1_000);
      const ttlSeconds = Math.min(ttlOf(request, svidTtlSeconds, of), left);
      const asked = { id, audience, ttlSeconds, ...(issuer !== undefined && { issuer }) };
      // there is one where there is an authority
      const svid = this.#signers.jwt!.issue(asked, wall);
      return {
        svid: { ...svid, id, authority: of.id },
        detail: { until: svid.expiresAt, audience },
      };
    });
  }

  #answer<Svid extends { readonly authority: string }>(
    kind: AuthorityKind,
    { id, service, by }: Asked,
    wall: number,
    issue: () => {
      readonly svid: Svid;
      readonly detail: { readonly until: number; readonly [name: string]: unknown };
    },
  ): Issuance<Svid> {
    try {
      const { svid, detail } = issue();
      const { authority } = svid;
      const until = new Date(detail.until).toISOString();
      const said = { kind, service, authority, ...detail, until };
      const entry = entryOf('identity.issue', id.uri, said, by, wall);
      return { outcome: 'issued', svid, entry, count: { service, what: kind } };
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      const said = { kind, service, code: fault.code, why: fault.message };
      const entry = entryOf('identity.refuse', id.uri, said, by, wall);
      return { outcome: 'refused', fault, entry, count: { service, what: 'refused' } };
    }
  }

  #judge(id: SpiffeId, wall: number, key?: () => string): void {
    if (id.trustDomain !== this.#trustDomain) {
      const why = `${quote(id.uri)} is not of the trust domain ${quote(this.#trustDomain)}`;
      throw new Fault('identity/svid-forbidden/trust-domain', why, {
        hint: 'its own trust domain issues its SVIDs',
      });
    }
    if (id.path === '') {
      const why = `${quote(id.uri)} names a trust domain, not a workload`;
      throw new Fault('identity/svid-request-invalid/path', why);
    }
    const denial = this.#denied.forbidding(id.uri, wall, key);
    if (denial) throw denied(id, denial);
  }

  #usable(kind: AuthorityKind, wall: number): SigningAuthority {
    const of = this.#signers[kind]?.of;
    if (of && isUsable(of, wall, this.#policy)) return of;
    throw new Fault(
      'identity/authority-unavailable',
      `No ${kind} authority of ${quote(this.#trustDomain)} can sign at this time`,
      { hint: 'try again in a moment; the audit log says why where none could be made' },
    );
  }
}

function ttlOf(
  { ttlSeconds: asked }: Asked,
  fallback: number,
  authority: SigningAuthority,
): number {
  const ttlSeconds = asked ?? fallback;
  if (!Number.isSafeInteger(ttlSeconds) || ttlSeconds < 1) {
    const why = `A lifetime of ${ttlSeconds} seconds is none`;
    throw new Fault('identity/svid-request-invalid/ttl', why);
  }
  return Math.min(ttlSeconds, Math.floor(longestTtlOf(authority) / 1_000));
}

function denied(id: SpiffeId, { deny, why, until }: DenialRequest): Fault {
  const what = deny === 'key' ? 'The key for' : 'The identity';
  const end = until === null ? '' : ` until ${new Date(until).toISOString()}`;
  const message = `${what} ${quote(id.uri)} is denied${end}: ${why}`;
  return new Fault('identity/svid-forbidden/denied', message, {
    hint:
      deny === 'key'
        ? 'make another key'
        : 'wait a second where it may return; otherwise somebody must lift the denial',
  });
}
