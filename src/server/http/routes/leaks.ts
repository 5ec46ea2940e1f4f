import { z } from 'zod';
import { Fault } from '../../../base/fault.ts';
import { AuditEntry, type EstateStore } from '../../../estate/index.ts';
import {
  Leak,
  LeakItem,
  type LeakView,
  type Reported,
  timelineOf,
} from '../../../secrets/response/index.ts';
import type { RateLimiter } from '../../auth/rate.ts';
import type { ServerLeaks } from '../../secrets/leaks.ts';
import { countFailure } from '../guard.ts';
import { type Operation, operation } from '../operation.ts';
import { actorOf } from '../principal.ts';
import { Id, Reason } from './texts.ts';

const PATH = '/api/v1/leaks';
const MAX_BODY_BYTES = 512 * 1_024;
/** A report of GitHub: 1,000 values. */
const MAX_REPORT_BYTES = 4 * 1024 * 1_024;
/** Entries of the audit log about one subject that are read at a time, and how often: of one that much has happened to
 *  since, the first moments of a timeline are left out. */
const PAGE = 1_000;
const MAX_PAGES = 20;

const Text = z.string().nullable();
const Item = LeakItem.extend({
  /** `working`: Reeve is at it; `waits`: it takes a person; `revoked`: its target was seen to refuse it; `done`: a
   *  person says so. */
  state: z.enum(['working', 'waits', 'revoked', 'done']),
  ...{ at: Text, problem: Text, hint: Text },
});
const Seen = Leak.extend({
  items: z.array(Item),
  /** Whether nothing is left to be done. */
  isContained: z.boolean(),
});
const Moment = z.strictObject({
  at: z.string(),
  /** Milliseconds since the first report. */
  after: z.number(),
  ...{ subject: z.string(), action: z.string(), actor: z.string() },
  detail: AuditEntry.shape.detail,
  sequence: z.int(),
});

const toSeen = ({ items, standings, ...leak }: LeakView): z.infer<typeof Seen> => ({
  ...leak,
  items: items.map((item, at) => {
    const standing = standings[at];
    if (standing === undefined) throw new RangeError('each item has a standing');
    return { ...item, ...standing };
  }),
});

/** Values that have become known to others: who reports one, and how far the answer is. */
export function leakOperations(
  { leaks, github }: ServerLeaks,
  store: EstateStore,
  failures: RateLimiter,
): Operation[] {
  return [
    operation({
      id: 'report-leak',
      method: 'POST',
      path: PATH,
      tag: 'leaks',
      summary:
        'Reports a value, or the fingerprint of one, as known to others: all that it opens is replaced and revoked',
      access: 'secrets.write',
      // whoever has the value may have it revoked; a fingerprint alone shows no such thing
      isByOwner: true,
      maxBodyBytes: MAX_BODY_BYTES,
      body: z
        .strictObject({
          value: z.string().max(65_536).exactOptional(),
          fingerprint: z.string().max(100).exactOptional(),
          where: z.string().max(2_048).nullable().default(null),
          reason: Reason,
        })
        .refine((body) => (body.value === undefined) !== (body.fingerprint === undefined), {
          message: 'takes one of value and fingerprint',
        }),
      status: 202,
      response: z.strictObject({
        /** Null: nothing here is known to be opened by it. */
        leak: Seen.nullable(),
      }),
      handle: async ({ body, principal }) => {
        const by = { actor: actorOf(principal), reason: body.reason };
        if (body.value === undefined && principal?.teams !== undefined) {
          throw new Fault('http/team-forbidden', 'A fingerprint may be of a value of other teams', {
            hint: 'report the value: whoever has it may have it revoked',
          });
        }
        const leak = await leaks.report(reportedOf(body), body.where, by);
        return { leak: leak ? toSeen(leak) : null };
      },
    }),
    operation({
      id: 'list-leaks',
      method: 'GET',
      path: PATH,
      tag: 'leaks',
      summary: 'What was reported, the newest first, and how far the answer is',
      access: 'estate.read',
      status: 200,
      response: z.strictObject({ items: z.array(Seen) }),
      handle: async () => ({ items: (await leaks.list()).map(toSeen) }),
    }),
    operation({
      id: 'get-leak',
      method: 'GET',
      path: `${PATH}/{id}`,
      tag: 'leaks',
      summary: 'One leak, with its timeline out of the audit log',
      access: 'estate.read',
      params: z.strictObject({ id: Id }),
      status: 200,
      response: Seen.extend({ timeline: z.array(Moment) }),
      handle: async ({ params }) => {
        const leak = await leaks.get(params.id);
        const subjects = new Set([leak.id, ...leak.items.map(({ subject }) => subject)]);
        const since = leak.reports[0]?.at ?? '';
        const entries: AuditEntry[] = [];
        for (const subject of subjects) entries.push(...(await entriesOf(store, subject, since)));
        return { ...toSeen(leak), timeline: timelineOf(leak, entries) };
      },
    }),
    operation({
      id: 'settle-leak',
      method: 'POST',
      path: `${PATH}/{id}/done`,
      tag: 'leaks',
      summary: 'A person has seen to it that the value is refused where Reeve cannot',
      access: 'secrets.write',
      params: z.strictObject({ id: Id }),
      body: z.strictObject({ subject: Id, reason: Reason.unwrap().min(1) }),
      status: 200,
      response: Seen,
      handle: async ({ params, body, principal }) => {
        const by = { actor: actorOf(principal), reason: body.reason };
        return toSeen(await leaks.done(params.id, body.subject, by));
      },
    }),
    operation({
      id: 'report-leaks-of-github',
      method: 'POST',
      path: `${PATH}/github`,
      tag: 'leaks',
      summary: 'Takes what GitHub’s secret scanning has found, as it sends it to partners, signed',
      access: 'public',
      maxBodyBytes: MAX_REPORT_BYTES,
      keepsText: true,
      body: z.unknown(),
      status: 200,
      handle: async ({ body, reply: { request } }) => {
        try {
          return await github(typeof body === 'string' ? body : '', {
            keyId: header(request.headers['github-public-key-identifier']),
            signature: header(request.headers['github-public-key-signature']),
          });
        } catch (thrown) {
          if (isFault(thrown, 'secrets/report-unauthenticated')) countFailure(request, failures);
          throw thrown;
        }
      },
    }),
  ];
}

/** What was done, the newest first, back to a time, RFC 3339 in UTC. Who reads a secret does nothing about a leak of it,
 *  and may do that a thousand times. */
async function entriesOf(store: EstateStore, subject: string, since: string) {
  const entries: AuditEntry[] = [];
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = { subject, limit: PAGE, ...(after !== undefined && { after }) };
    const { items, next } = await store.audit(query);
    entries.push(...items.filter(({ action }) => action !== 'secret.read'));
    after = next;
    if (after === undefined || (items.at(-1)?.at ?? '') < since) break;
  }
  return entries;
}

const isFault = (thrown: unknown, code: string): boolean =>
  thrown instanceof Fault && thrown.code === code;

const header = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

function reportedOf(body: { readonly value?: string; readonly fingerprint?: string }): Reported {
  return body.value === undefined ? { fingerprint: body.fingerprint ?? '' } : { value: body.value };
}
