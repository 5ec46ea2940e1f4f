import { type EntryInput, parseEntryInput, type Registering, registerEntry } from '../index.ts';

/** 2027-01-01T00:00:00Z */
export const NOW = Date.UTC(2027, 0, 1);

export const REGISTERING: Registering = {
  trustDomain: 'example.org',
  by: 'ada',
  now: NOW,
  maxX509TtlSeconds: 86_400,
  maxJwtTtlSeconds: 3_600,
};

/** An entry as a person says it. */
export const SAID = {
  spiffeId: 'spiffe://example.org/ns/shop/sa/orders',
  owner: 'team-orders',
  selectors: ['k8s:ns:shop', 'k8s:sa:orders'],
};

/** An entry with some of it said otherwise. */
export function entryWith(said: Partial<EntryInput> = {}, registering: Partial<Registering> = {}) {
  return registerEntry(parseEntryInput({ ...SAID, ...said }), { ...REGISTERING, ...registering });
}
