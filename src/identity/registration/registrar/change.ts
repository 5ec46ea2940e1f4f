import { z } from 'zod';
import { Fault, quote } from '../../../base/fault.ts';
import { type Entry, EntryInput } from '../entry.ts';
import { limitProblems, type Registering } from '../register.ts';

const { shape } = EntryInput;

/** What people may say anew of an entry. The SPIFFE ID, the parent and the selectors are what it is:
 *  another of these is another entry. */
export const EntryChange = z.strictObject({
  owner: shape.owner.exactOptional(),
  x509TtlSeconds: shape.x509TtlSeconds.unwrap().exactOptional(),
  jwtTtlSeconds: shape.jwtTtlSeconds.unwrap().exactOptional(),
  dnsNames: shape.dnsNames.unwrap().exactOptional(),
  federatesWith: shape.federatesWith.unwrap().exactOptional(),
  hint: shape.hint.unwrap().exactOptional(),
  expiresAt: shape.expiresAt.unwrap().exactOptional(),
  service: shape.service.unwrap().exactOptional(),
});
export type EntryChange = z.infer<typeof EntryChange>;

/** Members of automatic entries that follow the estate. */
const OF_THE_ESTATE = ['owner', 'service'] as const;

/** The entry as it is after a change. Only what the change names is judged: an entry that is older than
 *  a limit may keep what it has.
 *  @throws {Fault} `identity/entry-invalid` with every problem */
export function changedEntry(entry: Entry, change: EntryChange, registering: Registering): Entry {
  const { service, ...said } = change;
  const isAutomatic = entry.origin === 'automatic';
  const problems = [
    ...limitProblems(said, registering),
    ...OF_THE_ESTATE.filter((name) => isAutomatic && name in change).map(followsEstate),
  ];
  if (problems.length > 0) {
    const why = `The entry of ${quote(entry.spiffeId, 200)} stays as it is: ${problems.join('; ')}`;
    throw new Fault('identity/entry-invalid', why);
  }
  if (service === undefined) return { ...entry, ...said };
  return { ...entry, ...said, services: service === null ? [] : [service] };
}

const followsEstate = (name: string): string =>
  `the ${name} of an automatic entry follows the estate: change it there`;
