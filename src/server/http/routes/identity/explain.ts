import { z } from 'zod';
import { Fault } from '../../../../base/fault.ts';
import {
  explainNone,
  type Match,
  SelectorText,
  StoredEntry,
} from '../../../../identity/registration/index.ts';
import { type Operation, operation } from '../../operation.ts';
import { READ } from './common.ts';
import type { IdentityRoutesPorts } from './ports.ts';

const MAX_SELECTORS = 256;
const MAX_UNREGISTERED = 1_000;

const WhyNoneView = z.strictObject({
  seen: z.array(z.string()),
  seenCount: z.int(),
  entryCount: z.int(),
  near: z.array(
    z.strictObject({
      entryId: z.string(),
      spiffeId: z.string(),
      owner: z.string().nullable(),
      held: z.int(),
      lacks: z.array(z.strictObject({ selector: z.string(), instead: z.array(z.string()) })),
      expiredAt: z.string().optional(),
      agent: z.string().optional(),
      denied: z.string().optional(),
    }),
  ),
});

/** Who gets no identity, and why. */
export function explainOperations({ registrar, explain }: IdentityRoutesPorts): Operation[] {
  return [
    operation({
      ...READ,
      id: 'list-unregistered',
      method: 'GET',
      path: '/api/v1/identity/unregistered',
      summary: 'Services without an identity, and why, as of the last judgement of the estate',
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(MAX_UNREGISTERED).default(MAX_UNREGISTERED),
        /** The last service of the page before. */
        after: z.string().max(2_048).default(''),
        search: z.string().max(400).default(''),
      }),
      status: 200,
      response: z.strictObject({
        items: z.array(z.strictObject({ service: z.string(), because: z.string() })),
        next: z.string().nullable(),
        total: z.int(),
      }),
      handle: ({ query: { limit, after, search } }) => {
        const all = registrar.unregistered.filter(({ service }) => service.includes(search));
        const rest = all.filter(({ service }) => service > after);
        // a service may have several reasons: they stay together
        const end = rest[limit - 1]?.service;
        const items = end === undefined ? rest : rest.filter(({ service }) => service <= end);
        const next = items.length < rest.length ? (end ?? null) : null;
        return { items, next, total: all.length };
      },
    }),
    operation({
      ...READ,
      id: 'explain-identity',
      method: 'POST',
      path: '/api/v1/identity/explain',
      summary: 'The identities of a workload with these selectors, or why it has none',
      body: z.strictObject({
        selectors: z.array(SelectorText).max(MAX_SELECTORS),
        /** SPIFFE ID of the agent that attested it; null: this machine's server. */
        agent: z.string().max(2_048).nullable().default(null),
      }),
      status: 200,
      response: z.strictObject({
        matches: z.array(z.strictObject({ entry: StoredEntry, hint: z.string() })),
        /** Null where there are matches. */
        why: WhyNoneView.nullable(),
        /** The same for people, in lines of 80 columns. */
        text: z.string(),
      }),
      handle: ({ body: { selectors, agent } }) => {
        const matched = explain({ selectors, agent });
        if (matched.kind === 'matches') {
          return { matches: matched.matches, why: null, text: matchText(matched.matches) };
        }
        if (matched.kind === 'none') {
          return { matches: [], why: matched.why, text: explainNone(matched.why) };
        }
        const why = 'Who gets which identity is not known yet';
        throw new Fault('identity/entries-unavailable', why, { hint: 'ask again in a moment' });
      },
    }),
  ];
}

function matchText(matches: readonly Match[]): string {
  return matches
    .flatMap(({ entry, hint }) => [
      entry.spiffeId,
      `  by entry ${entry.id} of ${entry.owner ?? 'nobody'}${hint && `, hint ${hint}`}`,
    ])
    .join('\n');
}
