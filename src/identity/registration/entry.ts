import { z } from 'zod';
import { messageOf } from '../../base/fault.ts';
import { MAX_ID_BYTES, parseSpiffeId, parseTrustDomain } from '../spiffe/index.ts';
import { type Selector, SelectorText } from './selector.ts';

/** Who gets which identity: a workload that has all the selectors is given the SPIFFE ID. */
export interface Entry {
  /** Of the SPIFFE ID, the parent and the selectors: entries that have these alike are one entry. */
  readonly id: string;
  readonly spiffeId: string;
  /** The team that answers for it; null where an estate's service has nobody. */
  readonly owner: string | null;
  /** The SPIFFE ID of the agent that may hand it out; null: any. */
  readonly parent: string | null;
  /** Sorted, each once, at least one. */
  readonly selectors: readonly Selector[];
  readonly x509TtlSeconds: number;
  readonly jwtTtlSeconds: number;
  /** Lower case; the first is the common name too, where one is wanted. */
  readonly dnsNames: readonly string[];
  /** Trust domains whose bundles the workload is given as well. */
  readonly federatesWith: readonly string[];
  /** Tells a workload's identities apart; empty: none. */
  readonly hint: string;
  /** RFC 3339; null: no end. */
  readonly expiresAt: string | null;
  /** Ids of the estate's services whose identity it is. It is retired with the last of them. */
  readonly services: readonly string[];
  /** Whether a person registered it, or the estate did. */
  readonly origin: 'person' | 'automatic';
  /** Since when the estate has not known any of its services (RFC 3339); null: it does. */
  readonly absentSince: string | null;
  readonly createdBy: string;
  /** RFC 3339. */
  readonly createdAt: string;
}

const SpiffeIdText = z.string().max(MAX_ID_BYTES).superRefine(refuseWhere(parseSpiffeId));
const TrustDomainText = z.string().max(300).superRefine(refuseWhere(parseTrustDomain));

/** A name that a certificate may carry: labels of RFC 1123 in lower case, at most 253 characters, and
 *  `*` for the first. An address of the internet is no name.
 *  @see RFC 5280 §4.2.1.6, RFC 6125 §6.4.3 */
const DNS_NAME =
  /^(?!.{254})(?:\*\.(?=[^.]+\.))?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const DnsName = z.string().max(253).regex(DNS_NAME, {
  error: 'must be a DNS name in lower case, such as `orders.shop.svc` or `*.shop.example.org`',
});

const Hint = z
  .string()
  .max(200)
  .regex(/^[\x20-\x7e]*$/, { error: 'must be printable ASCII' });

/** What people and the API say of an entry. Administrators' and downstream entries of SPIRE are not
 *  offered: what an identity may do is said by policy and not by its registration. */
export const EntryInput = z.strictObject({
  spiffeId: SpiffeIdText.describe('Whose trust domain is the one of this authority'),
  owner: z.string().min(1).max(256).describe('The team that answers'),
  parent: SpiffeIdText.nullable().default(null).describe('The agent that may hand it out'),
  selectors: distinct(SelectorText, 32).min(1).describe('All of which a workload must have'),
  x509TtlSeconds: z.int().min(60).max(604_800).default(3_600),
  jwtTtlSeconds: z.int().min(10).max(86_400).default(300),
  dnsNames: distinct(DnsName, 32).default([]),
  federatesWith: distinct(TrustDomainText, 64).default([]),
  hint: Hint.default(''),
  expiresAt: z.iso.datetime().nullable().default(null),
  service: z.string().min(1).max(1_024).nullable().default(null).describe('An id of the estate'),
});
export type EntryInput = z.infer<typeof EntryInput>;

function distinct<Item extends z.ZodType<string>>(item: Item, max: number) {
  return z
    .array(item)
    .max(max)
    .refine((items) => new Set(items).size === items.length, { error: 'has one of them twice' });
}

function refuseWhere(parse: (text: string) => unknown) {
  return (text: string, context: z.RefinementCtx) => {
    try {
      parse(text);
    } catch (thrown) {
      context.addIssue({ code: 'custom', message: messageOf(thrown) });
    }
  };
}
