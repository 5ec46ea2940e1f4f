import { z } from 'zod';
import { EntryChange, EntryInput, StoredEntry } from '../../../../identity/registration/index.ts';
import { type Operation, operation } from '../../operation.ts';
import { Id, Reason } from '../texts.ts';
import { askingOf, READ, ReasonQuery, WRITE } from './common.ts';
import type { IdentityRoutesPorts } from './ports.ts';

const PATH = '/api/v1/identity/entries';
const Text = z.string().max(2_048);
const OneEntry = z.strictObject({ id: Id });

/** Who gets which identity: registrations. */
export function entryOperations({ registrar }: IdentityRoutesPorts): Operation[] {
  return [
    operation({
      ...READ,
      id: 'list-identity-entries',
      method: 'GET',
      path: PATH,
      summary: 'The registrations, page by page, by SPIFFE ID',
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
        after: z.string().max(8_192).exactOptional(),
        service: Text.exactOptional(),
        owner: Text.exactOptional(),
        spiffeId: Text.exactOptional(),
        selector: Text.exactOptional(),
        origin: StoredEntry.shape.origin.exactOptional(),
        search: Text.exactOptional(),
      }),
      status: 200,
      response: z.strictObject({
        items: z.array(StoredEntry),
        /** For `after`; null on the last page. */
        next: z.string().nullable(),
        total: z.int(),
      }),
      handle: ({ query }) => {
        const { items, next, total } = registrar.list(query);
        return { items, next: next ?? null, total };
      },
    }),
    operation({
      ...READ,
      id: 'get-identity-entry',
      method: 'GET',
      path: `${PATH}/{id}`,
      summary: 'One registration',
      params: OneEntry,
      status: 200,
      response: StoredEntry,
      handle: ({ params }) => registrar.get(params.id),
    }),
    operation({
      ...WRITE,
      id: 'register-identity',
      method: 'POST',
      path: PATH,
      summary: 'Registers an identity: who has all the selectors gets it',
      body: z.strictObject({ entry: EntryInput, reason: Reason }),
      status: 201,
      response: StoredEntry,
      handle: ({ body, principal }) => registrar.add(body.entry, askingOf(principal, body.reason)),
    }),
    operation({
      ...WRITE,
      id: 'update-identity',
      method: 'POST',
      path: `${PATH}/{id}`,
      summary: 'Changes what a registration gives; of an automatic one not whose it is',
      params: OneEntry,
      body: z.strictObject({ change: EntryChange, reason: Reason }),
      status: 200,
      response: StoredEntry,
      handle: ({ params, body, principal }) =>
        registrar.update(params.id, body.change, askingOf(principal, body.reason)),
    }),
    operation({
      ...WRITE,
      id: 'retire-identity',
      method: 'DELETE',
      path: `${PATH}/{id}`,
      summary:
        'Ends a registration: its identity is no longer issued, and what was issued is revoked',
      params: OneEntry,
      query: ReasonQuery,
      status: 200,
      response: StoredEntry,
      handle: async ({ params, query, principal }) => {
        const [entry] = await registrar.remove([params.id], askingOf(principal, query.reason));
        return entry;
      },
    }),
  ];
}
