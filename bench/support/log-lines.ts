/** Made-up traffic of a few services, as lines of JSON: skewed, with identifiers of several styles,
 *  siblings of parameters, queries, errors, and probes. */

/** A segment in angle brackets is a value of that kind. */
const ROUTES: Readonly<Record<string, readonly (readonly [method: string, path: string])[]>> = {
  orders: [
    ['GET', '/v1/orders/<number>'],
    ['GET', '/v1/orders'],
    ['POST', '/v1/orders'],
    ['GET', '/v1/orders/<number>/items'],
    ['GET', '/v1/orders/<number>/items/<number>'],
    ['DELETE', '/v1/orders/<number>/items/<number>'],
    ['GET', '/v1/orders/search'],
    ['POST', '/v1/orders/<number>/cancel'],
    ['GET', '/v1/orders/export/<date>.csv'],
  ],
  accounts: [
    ['GET', '/accounts/<uuid>'],
    ['GET', '/accounts/me'],
    ['PATCH', '/accounts/<uuid>'],
    ['GET', '/accounts/<uuid>/addresses'],
    ['POST', '/accounts/<uuid>/addresses'],
    ['PUT', '/accounts/<uuid>/addresses/<number>'],
    ['POST', '/login'],
    ['POST', '/logout'],
  ],
  payments: [
    ['POST', '/v1/charges'],
    ['GET', '/v1/charges/ch_<opaque>'],
    ['POST', '/v1/charges/ch_<opaque>/capture'],
    ['GET', '/v1/customers/cus_<opaque>'],
    ['GET', '/v1/customers/cus_<opaque>/sources/<opaque>'],
    ['POST', '/v1/refunds'],
  ],
  catalogue: [
    ['GET', '/products/<slug>'],
    ['GET', '/products'],
    ['GET', '/products/<slug>/reviews'],
    ['GET', '/categories/<slug>/products'],
    ['GET', '/images/<uuid>.webp'],
    ['GET', '/sitemap.xml'],
  ],
  stock: [
    ['GET', '/stock/<opaque>'],
    ['PUT', '/stock/<opaque>'],
    ['GET', '/warehouses/<number>/shelves/<number>'],
    ['GET', '/healthz'],
  ],
};
const SERVICES = Object.keys(ROUTES);
const PROBES = [
  '/wp-login.php',
  '/.env',
  '/.git/config',
  '/admin/index.php',
  '/cgi-bin/test',
  '/x/<opaque>',
];
const WORDS =
  'amber basil cedar delta ember fjord grove hazel iris jade koala linen maple north olive pearl quartz river sable thyme umber velvet willow yarrow zephyr'.split(
    ' ',
  );

/** Numbers of 0 to 1, the same for the same seed: a linear congruential generator. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

function valueMaker(random: () => number) {
  const below = (limit: number): number => Math.floor(random() * limit);
  const letters = (count: number, alphabet: number): string =>
    Array.from({ length: count }, () => ALPHABET[below(alphabet)]).join('');
  const makers: Readonly<Record<string, () => string>> = {
    number: () => String(below(5_000_000)),
    uuid: () =>
      `${letters(8, 16)}-${letters(4, 16)}-4${letters(3, 16)}-a${letters(3, 16)}-${letters(12, 16)}`,
    opaque: () => letters(14, 62),
    slug: () => `${WORDS[below(25)]}-${WORDS[below(25)]}-${WORDS[below(25)]}`,
    date: () =>
      `2026-${String(1 + below(12)).padStart(2, '0')}-${String(1 + below(28)).padStart(2, '0')}`,
  };
  return (path: string): string =>
    path.replace(/<(\w+)>/g, (whole, kind: string) => makers[kind]?.() ?? whole);
}

/** Lines in pieces of some kilobytes. */
export function* logLines(count: number, seed: number): Generator<string> {
  const random = randomNumbers(seed);
  const fill = valueMaker(random);
  const skewed = <Item>(items: readonly Item[]): Item | undefined =>
    items[Math.floor(random() * random() * items.length)];
  let piece = '';
  for (let index = 0; index < count; index++) {
    const service = skewed(SERVICES) ?? 'orders';
    const isProbe = random() < 0.02;
    const [method, route] = isProbe
      ? ['GET', PROBES[Math.floor(random() * PROBES.length)] ?? '/']
      : (skewed(ROUTES[service] ?? []) ?? ['GET', '/']);
    const query =
      !isProbe && method === 'GET' && random() < 0.2 ? `?page=${index % 50}&limit=20` : '';
    const status = isProbe ? 404 : random() < 0.03 ? 500 : method === 'POST' ? 201 : 200;
    piece += lineOf(index, service, method, fill(route) + query, status);
    if (piece.length < 64 * 1_024) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

/** Lines whose paths never come twice: every kind of value, at every depth, of one service. */
export function* pathFlood(count: number, seed: number): Generator<string> {
  const random = randomNumbers(seed);
  const fill = valueMaker(random);
  const shapes = [
    '/<opaque>',
    '/a/<slug>-',
    '/<opaque>/<opaque>/<opaque>',
    '/users/<uuid>',
    '/<slug>/b/<opaque>',
  ];
  let piece = '';
  for (let index = 0; index < count; index++) {
    const path = `${fill(shapes[index % shapes.length] ?? '/')}${index}`;
    piece += lineOf(index, 'edge', 'GET', path, index % 3 === 0 ? 404 : 200);
    if (piece.length < 64 * 1_024) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function lineOf(
  index: number,
  service: string,
  method: string,
  path: string,
  status: number,
): string {
  const time = new Date(Date.UTC(2026, 0, 1) + index * 10).toISOString();
  return `${JSON.stringify({ time, service, method, path, status })}\n`;
}
