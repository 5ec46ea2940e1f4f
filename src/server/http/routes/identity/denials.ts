import { z } from 'zod';
import { Fault, quote } from '../../../../base/fault.ts';
import type { AuthorityKeeper } from '../../../../identity/authority/index.ts';
import type { Registrar } from '../../../../identity/registration/index.ts';
import { parseSpiffeId } from '../../../../identity/spiffe/index.ts';
import { type Operation, operation } from '../../operation.ts';
import { Id, Reason } from '../texts.ts';
import { askingOf, READ, WRITE } from './common.ts';
import { addedSince, type DenyFeed } from './deny-feed.ts';
import type { IdentityRoutesPorts } from './ports.ts';
import { DenialView, toDenialView } from './views.ts';

const PATH = '/api/v1/identity/denials';
const MAX_REVOKED = 1_000;
const MAX_LIFTED = 1_000;
const MAX_WAIT_SECONDS = 30;
/** Why certificates are revoked that nobody will bring back.
 *  @see RFC 5280 §5.3.1 */
const WHY = z.enum([
  ...(['unspecified', 'keyCompromise', 'affiliationChanged', 'superseded'] as const),
  ...(['cessationOfOperation', 'privilegeWithdrawn'] as const),
]);

const Revoke = z
  .strictObject({
    spiffeIds: z.array(Id).min(1).max(MAX_REVOKED).exactOptional(),
    entry: Id.exactOptional().describe('A registration, whose SPIFFE ID is revoked'),
    service: Id.exactOptional().describe('A service of the estate, with all of its identities'),
    until: z
      .enum(['lifted', 'reissue'])
      .default('lifted')
      .describe('`reissue`: what was issued is refused, and new SVIDs are issued at once'),
    why: WHY.default('unspecified').describe('What CRLs say'),
    reason: Reason,
  })
  .refine((body) => [body.spiffeIds, body.entry, body.service].filter(Boolean).length === 1, {
    error: 'name what to revoke by one of spiffeIds, entry and service',
  });

const Changed = z.strictObject({
  /** Of the deny list. */
  sequence: z.int(),
  /** SPIFFE IDs that were revoked. */
  revoked: z.array(z.string()),
  /** What has come to the list. */
  denials: z.array(DenialView),
});

/** What enforcement points refuse although it verifies. */
export function denialOperations(
  { keeper, registrar }: Pick<IdentityRoutesPorts, 'keeper' | 'registrar'>,
  feed: DenyFeed,
): Operation[] {
  return [
    operation({
      ...READ,
      id: 'list-identity-denials',
      method: 'GET',
      path: PATH,
      summary:
        'The deny list; with `after`, what has changed since that sequence number, as soon as something has',
      query: z.strictObject({
        after: z.coerce.number().int().min(0).exactOptional(),
        /** Seconds to wait for a change, where there is none yet. */
        wait: z.coerce.number().min(0).max(MAX_WAIT_SECONDS).default(0),
      }),
      status: 200,
      response: z.strictObject({
        /** For `after`. */
        sequence: z.int(),
        /** Whether `items` is the whole list: what was known before no longer counts. */
        isComplete: z.boolean(),
        items: z.array(DenialView),
        /** Ids of denials that no longer hold. */
        removed: z.array(z.string()),
      }),
      handle: async ({ query: { after, wait }, reply }) => {
        const { added, ...news } = await feed.since(after, wait * 1_000, (callBack) =>
          reply.raw.once('close', callBack),
        );
        return { ...news, items: added.map(toDenialView) };
      },
    }),
    operation({
      ...WRITE,
      id: 'revoke-identity',
      method: 'POST',
      path: PATH,
      summary: 'Revokes identities with every certificate of theirs, before these expire',
      body: Revoke,
      maxBodyBytes: 4 * 1_024 * 1_024,
      status: 200,
      response: Changed,
      handle: async ({ body, principal }) => {
        const revoked = idsToRevoke(body, keeper, registrar);
        const mayReturn = body.until === 'reissue';
        const before = keeper.state.revocation;
        await keeper.revoke(
          revoked.map((spiffeId) => ({ spiffeId, mayReturn, why: body.why })),
          askingOf(principal, body.reason),
        );
        const after = keeper.state.revocation;
        const denials = addedSince(before, after).map(toDenialView);
        return { sequence: after.sequence, revoked, denials };
      },
    }),
    operation({
      ...WRITE,
      id: 'lift-identity-denials',
      method: 'POST',
      path: `${PATH}/lift`,
      summary: 'Lifts denials, named by their ids or by the SPIFFE IDs that they deny',
      body: z.strictObject({ ids: z.array(Id).min(1).max(MAX_LIFTED), reason: Reason }),
      maxBodyBytes: 4 * 1_024 * 1_024,
      status: 200,
      response: z.strictObject({ sequence: z.int(), lifted: z.array(z.string()) }),
      handle: async ({ body, principal }) => {
        const lifted = [...new Set(body.ids.map((id) => denialNamed(id, keeper)))];
        await keeper.lift(lifted, askingOf(principal, body.reason));
        return { sequence: keeper.state.revocation.sequence, lifted };
      },
    }),
  ];
}

function idsToRevoke(
  { spiffeIds, entry, service }: z.infer<typeof Revoke>,
  { state: { trustDomain } }: AuthorityKeeper,
  registrar: Registrar,
): string[] {
  if (entry !== undefined) return [registrar.get(entry).spiffeId];
  if (service !== undefined) {
    const entries = [...registrar.index.entries()].filter(({ services }) =>
      services.includes(service),
    );
    if (entries.length > 0) return [...new Set(entries.map(({ spiffeId }) => spiffeId))];
    const why = `No registration is for the service ${quote(service, 200)}`;
    throw new Fault('identity/entry-not-found', why, {
      hint: 'name what it was issued by its SPIFFE ID',
    });
  }
  const ids = (spiffeIds ?? []).map((text) => parseSpiffeId(text));
  const foreign = ids.find(({ trustDomain: of, path }) => of !== trustDomain || path === '');
  if (foreign === undefined) return [...new Set(ids.map(({ uri }) => uri))];
  const why = `${quote(foreign.uri, 200)} is no identity of the trust domain ${trustDomain}`;
  throw new Fault('identity/revocation-invalid', why, {
    hint: 'only what is issued here can be revoked here; remove the federation with another trust domain',
  });
}

/** The id of a denial, as it was given or of the SPIFFE ID that it denies. */
function denialNamed(name: string, keeper: AuthorityKeeper): string {
  if (!name.startsWith('spiffe://')) return name;
  const denial = keeper.state.revocation.denials.find(
    ({ deny, value }) => deny === 'identity' && value === name,
  );
  if (denial) return denial.id;
  throw new Fault('identity/denial-not-found', `${quote(name, 200)} is not denied`, {
    hint: 'list what is denied: it may have ended by itself',
  });
}
