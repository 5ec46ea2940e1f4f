import { z } from 'zod';
import { Fault, quote } from '../../../base/fault.ts';
import { REVOCATION_REASONS, type RevocationReason } from '../../x509/index.ts';
import { AUTHORITY_KINDS, type AuthorityState } from '../model.ts';

const Base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
const Steady = z.number().nonnegative();
const Time = z.number();

const SigningAuthority = z.strictObject({
  id: z.string().min(1).max(200),
  kind: z.enum(AUTHORITY_KINDS),
  status: z.enum(['prepared', 'published', 'active', 'retired']),
  preparedAt: Time,
  notBefore: Time,
  notAfter: Time,
  publicKey: Base64.min(1),
  certificate: Base64,
  chain: z.array(Base64),
  anchors: z.array(Base64),
  publishedAt: Steady.nullable(),
  retiredAt: Steady.nullable(),
  removeAt: Steady.nullable(),
  isLeaving: z.boolean(),
  taint: z.enum(['orderly', 'urgent']).nullable(),
});

const Preparation = z.strictObject({
  isUnderWay: z.boolean(),
  failures: z.int().nonnegative(),
  retryAt: Steady,
});

const denial = {
  id: z.string(),
  value: z.string(),
  why: z.enum(Object.keys(REVOCATION_REASONS) as [RevocationReason, ...RevocationReason[]]),
  until: Time.nullable(),
  at: Time,
  keepUntil: Steady.nullable(),
};
const Denial = z.discriminatedUnion('deny', [
  z.strictObject({ ...denial, deny: z.literal('identity'), issuedBefore: Time.nullable() }),
  z.strictObject({ ...denial, deny: z.literal('serial'), authority: z.string() }),
  z.strictObject({ ...denial, deny: z.literal('key') }),
]);

const FORMAT = 1;
const StoredState = z.strictObject({
  format: z.literal(FORMAT),
  trustDomain: z.string().min(1),
  sequence: z.int().nonnegative(),
  steady: Steady,
  authorities: z.array(SigningAuthority),
  preparations: z.strictObject({ x509: Preparation, jwt: Preparation }),
  revocation: z.strictObject({ sequence: z.int().nonnegative(), denials: z.array(Denial) }),
});

/** A state as it is kept. */
export function toStored(state: AuthorityState): z.infer<typeof StoredState> {
  const { authorities, ...rest } = state;
  const kept = authorities.map((authority) => ({
    ...authority,
    chain: [...authority.chain],
    anchors: [...authority.anchors],
  }));
  const { sequence, denials } = state.revocation;
  return {
    format: FORMAT,
    ...rest,
    authorities: kept,
    revocation: { sequence, denials: [...denials] },
  };
}

/** The state that was kept.
 *  @throws {Fault} `identity/authority-damaged` */
export function parseStored(stored: unknown, trustDomain: string): AuthorityState {
  const read = StoredState.safeParse(stored);
  if (read.success && read.data.trustDomain === trustDomain) {
    const { format: _, ...state } = read.data;
    return state;
  }
  const [issue] = read.success ? [] : read.error.issues;
  const why = issue ? `${issue.path.join('.')}: ${issue.message}` : 'it is of another trust domain';
  throw new Fault(
    'identity/authority-damaged',
    `What the store keeps of the authorities of ${quote(trustDomain)} cannot be read: ${quote(why, 200)}`,
    { hint: 'bring the store back from a backup, or start the newer Reeve that wrote it' },
  );
}
