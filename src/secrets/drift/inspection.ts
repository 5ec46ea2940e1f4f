import { z } from 'zod';
import type { CredentialConcern } from '../../estate/index.ts';
import type { Look } from '../rotation/index.ts';

const MOST = 2_000;
const LONGEST = 500;
const Time = z.iso.datetime();

/** What was seen at the target of a secret, as it is kept from one look to the next. */
export const Inspection = z.strictObject({
  /** Of the latest look. */
  at: Time,
  /** What the account may do and what it is for: as the first look had it, or a person has accepted; null: the rotator
   *  cannot tell. What the account has no longer is not expected any longer. */
  expected: z.array(z.string().max(LONGEST)).max(MOST).nullable(),
  /** What it may do beyond that, and since when that is seen. */
  grown: z.array(z.strictObject({ grant: z.string().max(LONGEST), since: Time })).max(MOST),
  /** How many looks one after the other have found the current value refused, and since when. */
  refusals: z.int().min(0),
  refusedSince: Time.nullable(),
});
export type Inspection = z.infer<typeof Inspection>;

/** Takes what a look has found. A right that is new stays new until it is taken back, or a person accepts it: a rotation
 *  in between does not make it right. Pure.
 *  @param now RFC 3339 */
export function inspected(before: Inspection | undefined, look: Look, now: string): Inspection {
  const refusals = look.isRefused ? (before?.refusals ?? 0) + 1 : 0;
  const refused = { refusals, refusedSince: refusals > 0 ? (before?.refusedSince ?? now) : null };
  if (look.grants === undefined) {
    const nothing = { expected: null, grown: [] };
    return { ...nothing, ...before, at: now, ...refused };
  }
  const held = [...new Set(look.grants.map((grant) => grant.slice(0, LONGEST)))].slice(0, MOST);
  const expected = new Set(before?.expected ?? held);
  const since = new Map(before?.grown.map((one) => [one.grant, one.since]));
  return {
    at: now,
    expected: held.filter((grant) => expected.has(grant)),
    grown: held
      .filter((grant) => !expected.has(grant))
      .map((grant) => ({ grant, since: since.get(grant) ?? now })),
    ...refused,
  };
}

/** A person says that what the account may do is as it should be. */
export function accepted(inspection: Inspection): Inspection {
  const { expected, grown } = inspection;
  return {
    ...inspection,
    expected: [...(expected ?? []), ...grown.map(({ grant }) => grant)],
    grown: [],
  };
}

/** All that the account may do, as it was seen last; undefined: it is not known. */
export function grantsIn({ expected, grown }: Inspection): readonly string[] | undefined {
  return expected === null ? undefined : [...expected, ...grown.map(({ grant }) => grant)];
}

/** One look may fall into a moment in which somebody changes the target on purpose. */
const SURE = 2;
const SHOWN = 5;

/** What a person should know of it. */
export function concernsIn({ grown, refusals, refusedSince }: Inspection): CredentialConcern[] {
  const [first] = grown.map(({ since }) => since).sort();
  const more = grown.length - SHOWN;
  const named = grown.slice(0, SHOWN).map(({ grant }) => grant);
  return [
    ...(first === undefined
      ? []
      : [
          {
            problem: 'privileges-grown',
            since: first,
            because: `new: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
          },
        ]),
    ...(refusals >= SURE && refusedSince !== null
      ? [{ problem: 'changed-at-target', since: refusedSince }]
      : []),
  ];
}
