import type { Random } from './random.ts';

/** Names as people give them. */
const NAMESPACES = [
  'orders',
  'payments',
  'catalog',
  'customers',
  'shipping',
  'search',
  'media',
  'billing',
  'identity',
  'marketing',
  'support',
  'data',
  'partners',
  'risk',
];
const THINGS = [
  'account',
  'address',
  'article',
  'basket',
  'card',
  'claim',
  'contract',
  'coupon',
  'delivery',
  'document',
  'event',
  'feed',
  'image',
  'invoice',
  'label',
  'ledger',
  'limit',
  'message',
  'offer',
  'payout',
  'price',
  'profile',
  'quota',
  'rating',
  'refund',
  'report',
  'return',
  'session',
  'stock',
  'tax',
  'ticket',
  'token',
];
const ROLES = ['api', 'service', 'manager', 'worker', 'gateway', 'reader', 'sync', 'rules'];
const STORES = ['db', 'cache', 'index', 'archive'];

export { NAMESPACES, THINGS };

/** A name that nobody in the namespace has yet. */
export function workloadName(
  random: Random,
  isDatastore: boolean,
  isTaken: (name: string) => boolean,
): string {
  for (let round = 1; ; round++) {
    const name = `${random.pick(THINGS)}-${random.pick(isDatastore ? STORES : ROLES)}`;
    const numbered = round > 20 ? `${name}-${round}` : name;
    if (!isTaken(numbered)) return numbered;
  }
}
