import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { service } from '../src/identity/registration/registrar/testing/registrars.ts';
import { Problem } from '../src/server/http/problem.ts';
import { type IdentityServer, startIdentityServer } from '../src/server/testing/identity-server.ts';

const API = '/api/v1/identity';
const RUNS = 25;

interface Described {
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: object;
}

let server: IdentityServer;
let operations: readonly (readonly [method: string, path: string, described: Described])[];
beforeAll(async () => {
  server = await startIdentityServer({ federation: { fetchSeconds: 1 } });
  await server.identity.registrar.applyEstate([service('orders')]);
  const document = (await (await server.ask('/openapi.json')).json()) as {
    paths: Record<string, Record<string, Described>>;
  };
  operations = Object.entries(document.paths)
    .filter(([path]) => path.startsWith(API))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, described]) => [method, path, described] as const),
    );
});
afterAll(() => server?.close());

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom(
    'x509',
    '__proto__',
    'spiffe://example.org/a',
    '../..',
    'entry-',
    '0',
    '-1',
    '1e9',
  ),
);
/** Names that bodies have, with whatever values. */
const names = fc.constantFrom(
  ...['entry', 'spiffeId', 'spiffeIds', 'selectors', 'owner', 'service', 'reason', 'ids', 'change'],
  ...['agent', 'ttlSeconds', 'relation', 'trustDomain', 'pace', 'until', 'why', 'hint', 'parent'],
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 0, -1, 2 ** 53, 1.5),
    text,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(names, tie('any'), { maxKeys: 5 }),
  ),
})).any;

/** Bodies that operations take. */
const TAKEN: readonly object[] = [
  { entry: { spiffeId: 'spiffe://example.org/a', owner: 'a', selectors: ['unix:uid:1'] } },
  { change: { x509TtlSeconds: 600, dnsNames: ['a.example'], hint: 'a', expiresAt: null } },
  { selectors: ['unix:uid:1'], agent: null },
  { spiffeIds: ['spiffe://example.org/a'], until: 'reissue', why: 'keyCompromise' },
  { ids: ['spiffe://example.org/a'] },
  { agent: 'edge-1', ttlSeconds: 60 },
  { pace: 'urgent', reason: '' },
];
/** One of them with one member, of it or of what is in it, that is something else. */
const nearlyTaken = fc
  .tuple(fc.constantFrom(...TAKEN), fc.nat(), fc.boolean(), value)
  .map(([body, which, isInside, odd]) => {
    const [name = '', inner] = Object.entries(body)[which % Object.keys(body).length] ?? [];
    if (!isInside || typeof inner !== 'object' || inner === null) return { ...body, [name]: odd };
    if (Array.isArray(inner)) return { ...body, [name]: [...inner, odd] };
    const keys = Object.keys(inner);
    return { ...body, [name]: { ...inner, [keys[which % keys.length] ?? '']: odd } };
  });

/** Refused by name, or done; never broken inside. */
async function judge(response: Response, what: string): Promise<void> {
  const body = await response.text();
  expect(response.status, `${what}: ${body}`).toBeLessThan(500);
  if (response.status >= 400) {
    expect(Problem.safeParse(JSON.parse(body)).success, `${what}: ${body}`).toBe(true);
  }
}

describe('whatever is asked of identity', () => {
  it('is done, or refused by name', async () => {
    expect(operations.length).toBeGreaterThan(20);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(text, { minLength: 3, maxLength: 3 }),
        fc.oneof(value, nearlyTaken, fc.constantFrom(...TAKEN)),
        async (which, texts, body) => {
          for (let step = 0; step < operations.length; step++) {
            const [method, path, { parameters, requestBody }] =
              operations[(which + step) % operations.length] ?? operations[0]!; // there are some
            const url = path.replaceAll(/\{\w+\}/g, () => encodeText(texts[0] ?? ''));
            const query = parameters
              // nobody waits for what is not going to happen
              .filter((parameter) => parameter.in === 'query' && parameter.name !== 'wait')
              .map(({ name }, at) => `${name}=${encodeText(texts[at % 3] ?? '')}`);
            const response = await server.ask(`${url}?${query.slice(0, which % 4).join('&')}`, {
              method: method.toUpperCase(),
              ...(requestBody && {
                headers: { 'content-type': 'application/json' },
                body: JSON.stringify(body),
              }),
            });
            await judge(response, `${method} ${path}`);
          }
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('leaves the registrations as they can be read', async () => {
    const { items } = await server.get<{ items: { spiffeId: string }[] }>(`${API}/entries`);
    for (const { spiffeId } of items) expect(spiffeId).toMatch(/^spiffe:\/\/example\.org\//);
    expect(await server.get(API)).toMatchObject({ trustDomain: 'example.org' });
  });
});

function encodeText(part: string): string {
  const encoded = encodeURIComponent(part.toWellFormed());
  // a dot alone is the folder itself, and no parameter
  return /^\.{0,2}$/.test(part) ? 'x' : encoded;
}
