import { z } from 'zod';
import type { NoteVerifier } from '../../../audit/checkpoint/index.ts';
import { proveEntry } from '../../../audit/log/index.ts';
import { AuditEntry, type AuditLog, type EstateStore } from '../../../estate/index.ts';
import type { WitnessStanding } from '../../audit/witnessing.ts';
import { type Operation, operation } from '../operation.ts';
import { Id } from './texts.ts';

export interface AuditParts {
  readonly store: EstateStore & AuditLog;
  /** What the log is signed with. */
  readonly key: NoteVerifier;
  readonly witnesses: () => readonly WitnessStanding[];
}

const Sequence = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** Who changed what, and what shows that it is so. */
export function auditOperations(parts: AuditParts): Operation[] {
  return [listAudit(parts), getLog(parts), getEntries(parts), proveOne(parts)];
}

const listAudit = ({ store }: AuditParts): Operation =>
  operation({
    id: 'list-audit',
    method: 'GET',
    path: '/api/v1/audit',
    tag: 'audit',
    summary: 'The audit log, newest first, filtered by actor, action and subject',
    access: 'audit.read',
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
  });

const getLog = ({ store, key, witnesses }: AuditParts): Operation =>
  operation({
    id: 'get-audit-log',
    method: 'GET',
    path: '/api/v1/audit/log',
    tag: 'audit',
    summary: 'What the audit log is, signed: its size and root, and how far witnesses have come',
    access: 'audit.read',
    status: 200,
    response: z.strictObject({
      origin: z.string(),
      /** The public key, `name+id+key`. */
      key: z.string(),
      size: z.int(),
      /** Base64. */
      root: z.string(),
      /** A signed note (C2SP). */
      checkpoint: z.string(),
      witnesses: z.array(
        z.strictObject({
          name: z.string(),
          url: z.string(),
          size: z.int().nullable(),
          at: z.string().nullable(),
          checkpoint: z.string().nullable(),
          problem: z.string().nullable(),
        }),
      ),
    }),
    handle: async () => {
      const { size, root, checkpoint } = await store.auditHead();
      const about = { origin: key.name, key: key.text, size, root: root.toString('base64') };
      return { ...about, checkpoint, witnesses: witnesses() };
    },
  });

const getEntries = ({ store }: AuditParts): Operation =>
  operation({
    id: 'get-audit-entries',
    method: 'GET',
    path: '/api/v1/audit/entries',
    tag: 'audit',
    summary:
      'Entries in their order, a line each, as they are in the tree; fewer where the log ends',
    access: 'audit.read',
    query: z.strictObject({
      first: Sequence.default(1),
      limit: z.coerce.number().int().min(1).max(5_000).default(1_000),
    }),
    status: 200,
    mediaType: 'application/x-ndjson',
    handle: async ({ query: { first, limit }, reply }) => {
      reply.header('content-type', 'application/x-ndjson');
      const texts = await store.auditTexts(first, limit);
      return texts.map(({ text }) => `${text}\n`).join('');
    },
  });

const proveOne = ({ store }: AuditParts): Operation =>
  operation({
    id: 'prove-audit-entry',
    method: 'GET',
    path: '/api/v1/audit/entries/{sequence}/proof',
    tag: 'audit',
    summary:
      'That an entry is in the log: its text, and a proof (C2SP) that the public key verifies',
    access: 'audit.read',
    params: z.strictObject({ sequence: Sequence }),
    status: 200,
    response: z.strictObject({ entry: z.string(), proof: z.string() }),
    handle: ({ params: { sequence } }) => proveEntry(store, sequence),
  });
