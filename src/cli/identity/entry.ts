import { Fault, quote } from '../../base/fault.ts';
import type { Entry } from '../../identity/registration/index.ts';
import { minute } from '../answers.ts';
import { ask, type ServerFlags } from '../client.ts';
import { toFields } from '../fields.ts';
import { API, pathOf } from './common.ts';
import { toSpiffeId } from './named.ts';

/** The registration of this id, or the only one of this SPIFFE ID, of which the path will do.
 *  @throws {Fault} `client/entry-not-found`, `client/entry-invalid` where several have the SPIFFE ID */
export async function findEntry(flags: ServerFlags, named: string): Promise<Entry> {
  const text = await toSpiffeId(flags, named);
  if (!text.startsWith('spiffe://')) return ask<Entry>(flags, pathOf('entries', text));
  const query = new URLSearchParams({ spiffeId: text, limit: '6' });
  const { items } = await ask<{ items: Entry[] }>(flags, `${API}/entries?${query}`);
  const [one, ...others] = items;
  if (one === undefined) {
    throw new Fault('client/entry-not-found', `Nothing is registered as ${quote(text, 200)}`, {
      hint: '`reeve identity entries --search WORDS` looks for it',
    });
  }
  if (others.length === 0) return one;
  const ids = items.map(({ id }) => id).join(', ');
  const why = `${quote(text, 200)} has several registrations: ${ids}`;
  throw new Fault('client/entry-invalid', why, { hint: 'name one by its id' });
}

/** All about one registration, in 80 columns. */
export function toText(entry: Entry): string {
  const { x509TtlSeconds, jwtTtlSeconds, absentSince, expiresAt } = entry;
  return toFields([
    ['identity', [entry.spiffeId]],
    ['owner', [entry.owner ?? 'nobody']],
    ['asks for', entry.selectors],
    ['by agent', [entry.parent ?? 'any']],
    ['lifetimes', [`X.509 ${duration(x509TtlSeconds)}, JWT ${duration(jwtTtlSeconds)}`]],
    ['DNS names', entry.dnsNames],
    ['federates', entry.federatesWith],
    ['hint', [entry.hint || null]],
    ['services', entry.services],
    ['ends', [expiresAt && minute(expiresAt), absentSince && absent(absentSince)]],
    ['registered', [`${madeBy(entry)} on ${minute(entry.createdAt)}`]],
    ['id', [entry.id]],
  ]);
}

const absent = (since: string) =>
  `soon, where its services stay away: the estate has not known them since ${minute(since)}`;

/** Who has registered it. */
export const madeBy = ({ origin, createdBy }: Entry): string =>
  origin === 'automatic' ? 'by the estate' : `by ${createdBy}`;

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
] as const;

/** Seconds in the largest unit that they are whole in: `1 h`, `90 s`. */
export function duration(seconds: number): string {
  const [length, unit] = UNITS.find(([one]) => seconds % one === 0) ?? [1, 's'];
  return `${seconds / length} ${unit}`;
}
