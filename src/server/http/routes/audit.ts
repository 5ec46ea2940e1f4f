import { z } from 'zod';
import { AuditEntry, type EstateStore } from '../../../estate/index.ts';
import { type Operation, operation } from '../operation.ts';
import { Id } from './texts.ts';

/** Who changed what. */
export function auditOperations(store: EstateStore): Operation[] {
  return [
    operation({
      id: 'list-audit',
      method: 'GET',
      path: '/api/v1/audit',
      tag: 'audit',
      summary: 'The audit log, newest first, filtered by actor, action and subject',
      access: 'principal',
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(1_000).default(100),
        after: z.string().max(20).optional(),
        actor: Id.optional(),
        action: Id.optional(),
        subject: Id.optional(),
      }),
      status: 200,
      response: z.strictObject({
        items: z.array(AuditEntry),
        /** For `after`; null on the last page. */
        next: z.string().nullable(),
        total: z.int(),
      }),
      handle: async ({ query: { limit, ...rest } }) => {
        const asked = Object.entries(rest).filter(([, value]) => value !== undefined);
        const page = await store.audit({ limit, ...Object.fromEntries(asked) });
        return { items: page.items, next: page.next ?? null, total: page.total };
      },
    }),
  ];
}
