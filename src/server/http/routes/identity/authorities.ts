import { z } from 'zod';
import type { Clock } from '../../../../base/clock.ts';
import { AUTHORITY_KINDS, type AuthorityKeeper } from '../../../../identity/authority/index.ts';
import { writeBundle } from '../../../../identity/spiffe/index.ts';
import { toPem } from '../../../../identity/x509/index.ts';
import { type Operation, operation } from '../../operation.ts';
import { Id, Reason } from '../texts.ts';
import { askingOf, PUBLIC, READ, WRITE } from './common.ts';
import type { IdentityRoutesPorts } from './ports.ts';
import { AuthorityView, toAuthorityViews } from './views.ts';

const Authorities = z.strictObject({ items: z.array(AuthorityView) });
const CRL_VALIDITY_SECONDS = 86_400;
/** A list is signed anew when it has changed, and else after this time. */
const CRL_RENEWAL_MS = 3_600_000;

/** What signs, what verifiers trust, and what they no longer should. */
export function authorityOperations({ keeper, clock }: IdentityRoutesPorts): Operation[] {
  const crls = new SignedCrls(keeper, clock);
  return [
    operation({
      ...READ,
      id: 'list-identity-authorities',
      method: 'GET',
      path: '/api/v1/identity/authorities',
      summary: 'What signs, has signed and will sign: each kind by itself, the oldest first',
      status: 200,
      response: Authorities,
      handle: () => ({ items: toAuthorityViews(keeper.state) }),
    }),
    operation({
      ...WRITE,
      id: 'rotate-identity-authority',
      method: 'POST',
      path: '/api/v1/identity/authorities/{authority}/rotate',
      summary:
        'Replaces the active authority of a kind (`x509`, `jwt`) before its time, without anybody being refused',
      params: z.strictObject({ authority: z.enum(AUTHORITY_KINDS) }),
      body: z.strictObject({ reason: Reason }),
      status: 202,
      response: Authorities,
      handle: async ({ params, body, principal }) => {
        await keeper.rotate(params.authority, askingOf(principal, body.reason));
        return { items: toAuthorityViews(keeper.state) };
      },
    }),
    operation({
      ...WRITE,
      id: 'taint-identity-authority',
      method: 'POST',
      path: '/api/v1/identity/authorities/{authority}/taint',
      summary:
        'Gives an authority up whose key is known to others; all that it signed is issued anew',
      params: z.strictObject({ authority: Id }),
      body: z.strictObject({
        pace: z
          .enum(['orderly', 'urgent'])
          .default('orderly')
          .describe('`urgent`: the successor signs before everybody can know it'),
        reason: Reason,
      }),
      status: 202,
      response: Authorities,
      handle: async ({ params, body, principal }) => {
        await keeper.taint(params.authority, body.pace, askingOf(principal, body.reason));
        return { items: toAuthorityViews(keeper.state) };
      },
    }),
    operation({
      ...PUBLIC,
      id: 'get-identity-crl',
      method: 'GET',
      path: '/api/v1/identity/crl/{authority}',
      summary: 'The certificates that an authority has revoked: a CRL in DER (RFC 5280)',
      params: z.strictObject({ authority: Id }),
      status: 200,
      handle: ({ params, reply }) => {
        reply.header('content-type', 'application/pkix-crl').header('cache-control', 'no-cache');
        return crls.of(params.authority);
      },
    }),
    operation({
      ...READ,
      id: 'get-identity-bundle',
      method: 'GET',
      path: '/api/v1/identity/bundle',
      summary:
        'The trust bundle: what verifies the SVIDs of this trust domain (SPIFFE Trust Domain and Bundle §4)',
      query: z.strictObject({ format: z.enum(['spiffe', 'pem']).default('spiffe') }),
      status: 200,
      handle: ({ query, reply }) => {
        if (query.format === 'spiffe') {
          reply.header('content-type', 'application/json; charset=utf-8');
          return writeBundle(keeper.bundle);
        }
        reply.header('content-type', 'application/x-pem-file');
        return toPem('CERTIFICATE', ...keeper.bundle.x509Authorities);
      },
    }),
  ];
}

/** Lists of revoked certificates, signed once for each change: anybody may ask for them. */
class SignedCrls {
  readonly #keeper: AuthorityKeeper;
  readonly #clock: Clock;
  #sequence = -1;
  readonly #signed = new Map<string, { readonly der: Buffer; readonly renewAt: number }>();

  constructor(keeper: AuthorityKeeper, clock: Clock) {
    this.#keeper = keeper;
    this.#clock = clock;
  }

  /** @throws {Fault} `identity/authority-not-found` */
  of(authority: string): Buffer {
    const { sequence } = this.#keeper.state.revocation;
    if (sequence !== this.#sequence) this.#signed.clear();
    this.#sequence = sequence;
    const known = this.#signed.get(authority);
    const now = this.#clock();
    const isHere = this.#keeper.state.authorities.some(({ id }) => id === authority);
    if (known && isHere && now < known.renewAt) return known.der;
    this.#signed.delete(authority);
    const der = this.#keeper.crlOf(authority, CRL_VALIDITY_SECONDS);
    this.#signed.set(authority, { der, renewAt: now + CRL_RENEWAL_MS });
    return der;
  }
}
