import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createMtlsFetch,
  createMtlsServer,
  JwtSource,
  type MtlsFetch,
  withJwtSvid,
  X509Source,
} from '../sdk/src/index.ts';
import {
  grantOf,
  ORDERS as ORDERS_SERVICE,
  SHOP,
  WEB as WEB_SERVICE,
} from '../src/authorization/enforcement/feed/testing/policies.ts';
import { freePort } from '../src/base/testing/free-port.ts';
import { runIn, SdkProject } from './support/sdk-package.ts';
import { TestWorkloadApi } from './support/sdk-workload-api.ts';

const ROOT = join(import.meta.dirname, '..');
const README = readFileSync(join(ROOT, 'sdk/README.md'), 'utf8');
const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';
const WEB = 'spiffe://example.org/ns/shop/sa/web';
const REEVE = 'spiffe://example.org/reeve/server';

/** Web may read what orders has, which calls nobody. */
const POLICY = { ...SHOP, grants: [grantOf(WEB_SERVICE, ORDERS_SERVICE, 'GET /orders/{id}')] };

interface Block {
  /** The heading that it stands below. */
  readonly heading: string;
  readonly code: string;
  /** Below its heading, from 0. */
  readonly index: number;
}

/** The blocks of TypeScript, in order. */
function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  for (const [, title, code] of page.matchAll(/^#+ (.*)$|^```ts\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) heading = title;
    if (code === undefined) continue;
    const index = blocks.filter((block) => block.heading === heading).length;
    blocks.push({ heading, code, index });
  }
  return blocks;
}

const BLOCKS = blocksOf(README);
const PORTS = new Map<string, number>();
const nameOf = ({ heading, index }: Block): string =>
  `${heading.toLowerCase().replaceAll(/[^a-z]+/g, '-')}-${index}`;

/** What blocks take from those before them. */
const AMBIENT = `declare global { const source: import('@reeve/sdk').X509Source }\nexport {};\n`;
const OPTIONS = {
  target: 'es2023',
  module: 'nodenext',
  strict: true,
  skipLibCheck: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  types: ['node'],
  rootDir: 'src',
  outDir: 'built',
};
const PACKAGES = [
  ...['express', 'fastify', 'hono', '@hono/node-server', 'undici'],
  ...['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', 'reflect-metadata', 'rxjs'],
  ...['pg', '@types/pg'],
  ...['@types/node', '@types/express', '@types/express-serve-static-core', 'undici-types'],
];

let project: SdkProject;
let api: TestWorkloadApi;
let compiled: ReturnType<typeof runIn>;
let source: X509Source;
let fetchAsWeb: MtlsFetch;
const running: ChildProcess[] = [];

beforeAll(async () => {
  project = new SdkProject(PACKAGES);
  mkdirSync(join(project.folder, 'src'));
  writeFileSync(join(project.folder, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(project.folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: OPTIONS, include: ['src'] }),
  );
  writeFileSync(join(project.folder, 'src/ambient.d.ts'), AMBIENT);
  for (const block of BLOCKS) {
    const port = await freePort();
    PORTS.set(nameOf(block), port);
    // The client of the quick start calls the server before it.
    const called = nameOf(block) === 'quick-start-1' ? PORTS.get('quick-start-0') : port;
    const code = block.code
      .replaceAll('8443', String(called))
      .replaceAll(/8080|7445/g, String(port));
    writeFileSync(join(project.folder, `src/${nameOf(block)}.ts`), code);
  }
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  compiled = runIn(project.folder, process.execPath, tsc, '-p', '.');
  api = await TestWorkloadApi.serve(ORDERS, WEB, REEVE);
  // Every process here is both; the servers of the page are orders.
  api.callee = ORDERS;
  api.policy.replace(POLICY);
  const pick = (svids: readonly X509Source['svid'][]) =>
    svids.find(({ spiffeId }) => spiffeId === WEB);
  source = new X509Source({ address: api.address, pick });
  await source.ready(AbortSignal.timeout(20_000));
  fetchAsWeb = createMtlsFetch({ source, accept: ORDERS });
});
afterAll(async () => {
  fetchAsWeb?.agent.destroy();
  source?.close();
  for (const child of running) child.kill('SIGKILL');
  await api?.close();
  project?.remove();
});

function start(
  name: string,
): ChildProcess & { readonly stderr: NonNullable<ChildProcess['stderr']> } {
  const child = spawn(process.execPath, [`built/${name}.js`], {
    cwd: project.folder,
    env: { ...process.env, SPIFFE_ENDPOINT_SOCKET: api.address },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  return child as ReturnType<typeof start>;
}

/** Calls until somebody listens. */
const call = (name: string, path: string): Promise<Response> =>
  vi.waitFor(() => fetchAsWeb(`https://127.0.0.1:${PORTS.get(name)}${path}`));

it('the code of the page compiles against the package', () => {
  expect(compiled).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(BLOCKS.length).toBeGreaterThan(15);
});

it('the quick start says hello to its client', async () => {
  start('quick-start-0');
  expect((await call('quick-start-0', '/')).status).toBe(200);
  const client = start('quick-start-1');
  expect(await text(client.stdout as never)).toBe(`hello ${ORDERS}\n`);
});

describe('the servers of the page', () => {
  it.each(['express', 'fastify', 'hono', 'nestjs'])('%s', async (framework) => {
    const name = `${framework}-0`;
    start(name);
    const response = await call(name, '/orders/42');
    expect({ status: response.status, body: await response.json() }).toEqual({
      status: 200,
      body: { id: '42', caller: WEB },
    });
    const other = createMtlsFetch({ source: await ordersSource(), accept: ORDERS });
    const refused = await other(`https://127.0.0.1:${PORTS.get(name)}/orders/42`);
    expect(await refused.json()).toMatchObject({ status: 403, code: 'caller/forbidden' });
    other.agent.destroy();
  });

  let orders: X509Source | undefined;
  afterAll(() => orders?.close());
  async function ordersSource(): Promise<X509Source> {
    orders ??= new X509Source({ address: api.address });
    await orders.ready();
    return orders;
  }

  it('node:http', async () => {
    start('node-http-0');
    expect(await (await call('node-http-0', '/x')).text()).toBe(`/x for ${WEB}\n`);
    expect(await (await call('node-http-0', '/healthz')).text()).toBe('/healthz for anybody\n');
  });

  it("by Reeve's policy", async () => {
    const name = nameOf(BLOCKS.find(({ code }) => code.includes('authorize: policy')) as Block);
    start(name);
    expect(await (await call(name, '/orders/42')).text()).toBe(`/orders/42 for ${WEB}\n`);
    const refused = await call(name, '/others');
    expect(await refused.json()).toMatchObject({
      status: 403,
      code: 'caller/forbidden',
      detail:
        '`production/shop/web` declares calls of `production/shop/orders`, but not `GET /others`.',
    });
  });

  it('that reads its secrets, and hears of another version', async () => {
    const name = 'secrets-0';
    const reeve = new X509Source({
      address: api.address,
      pick: (svids) => svids.find(({ spiffeId }) => spiffeId === REEVE),
    });
    await reeve.ready(AbortSignal.timeout(20_000));
    let version = 1;
    const server = createMtlsServer({ source: reeve }, (request, response) => {
      const standing = { version, expiresAt: null, previous: null };
      const secret = { ...standing, secret: 'production/shop/orders/orders-db' };
      const isWatch = request.url === '/v1/secrets:watch';
      const news = { secrets: [{ name: 'orders-db', ...standing }] };
      const value = { username: 'orders', password: 'x' };
      response.end(JSON.stringify(isWatch ? news : { ...secret, value }));
      version = 2;
    });
    server.listen(PORTS.get(name), '127.0.0.1');
    const child = start(name);
    let printed = '';
    child.stdout?.on('data', (part) => (printed += part));
    await expect.poll(() => printed, { timeout: 60_000 }).toContain('version 2 from now on\n');
    expect(printed).toContain('version 1 is that of orders\n');
    server.close();
    server.closeAllConnections();
    reeve.close();
  });

  it('behind a proxy', async () => {
    const name = nameOf(BLOCKS.find(({ code }) => code.includes('8080')) as Block);
    start(name);
    const url = `http://127.0.0.1:${PORTS.get(name)}/`;
    const tokens = new JwtSource({ address: api.address });
    const signedIn = withJwtSvid(fetch, { source: tokens, audience: ORDERS });
    const answer = await vi.waitFor(() => signedIn(url));
    expect(await answer.text()).toBe('jwt');
    expect((await fetch(url)).status).toBe(401);
    tokens.close();
  });
});

describe('the table of errors', () => {
  const inBackticks = [...README.matchAll(/`((?:[a-z0-9-]+\/)+(?:[a-z-]+|…))`/g)];
  // ids of services look alike
  const listed = inBackticks
    .map(([, code = '']) => code)
    .filter((code) => !code.startsWith('production/'));
  const PARTS = 'workload-api|svid|mtls|identity|jwt|caller|middleware|authorization|secrets';
  let sources = '';
  let codes: ReadonlySet<string> = new Set();
  beforeAll(() => {
    const dist = join(project.sdk, 'dist');
    sources = readdirSync(dist, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.js'))
      .map((path) => readFileSync(join(dist, path), 'utf8'))
      .join('\n');
    const quoted = sources.matchAll(new RegExp(`['\`]((?:${PARTS})/[a-z-]+)['/]`, 'g'));
    codes = new Set([...quoted].map(([, code = '']) => code));
  });

  it('names every code, or its family', () => {
    const families = listed.filter((code) => code.endsWith('/…')).map((code) => code.slice(0, -1));
    const missing = [...codes].filter(
      (code) => !listed.includes(code) && !families.some((family) => `${code}/`.startsWith(family)),
    );
    expect(missing).toEqual([]);
    expect(codes.size).toBeGreaterThan(35);
  });

  it('names no code that there is not', () => {
    const known = (code: string) =>
      codes.has(code) || sources.includes(`'${code.split('/').at(-1)}'`);
    expect(listed.filter((code) => !code.endsWith('/…') && !known(code))).toEqual([]);
    expect(listed.length).toBeGreaterThan(50);
  });
});
