import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  grantOf,
  ORDERS as SERVICE,
  SHOP,
} from '../src/authorization/enforcement/feed/testing/policies.ts';
import { Engine } from '../src/authorization/engine/index.ts';
import { CedarJudge } from '../src/authorization/guardrails/judge/index.ts';
import type { Policy } from '../src/authorization/model/index.ts';
import { runIn, SdkProject } from './support/sdk-package.ts';
import { TestWorkloadApi } from './support/sdk-workload-api.ts';

const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';
const PEERS = ['express', 'fastify', 'hono', '@nestjs/common', '@nestjs/core'];
const TYPES = ['@types/node', '@types/express', '@types/express-serve-static-core', 'undici-types'];
const TSC = join(import.meta.dirname, '../node_modules/typescript/bin/tsc');

let project: SdkProject;
beforeAll(() => {
  project = new SdkProject([...PEERS, ...TYPES, '@hono/node-server', 'reflect-metadata', 'rxjs']);
});
afterAll(() => project?.remove());

/** Every file of the package that ends like this. */
const filesOf = (ending: string): string[] =>
  readdirSync(project.sdk, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith(ending),
  );
const readManifest = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path, 'utf8'));

describe('the package', () => {
  it('depends on nothing, and keeps what belongs to this repository to itself', () => {
    const manifest = readManifest(join(project.sdk, 'package.json'));
    for (const name of ['dependencies', 'devDependencies', 'optionalDependencies', 'scripts']) {
      expect(manifest).not.toHaveProperty(name);
    }
    expect(Object.keys(manifest.peerDependencies ?? {}).sort()).toEqual([...PEERS].sort());
    const optional = Object.fromEntries(PEERS.map((name) => [name, { optional: true }]));
    expect(manifest.peerDependenciesMeta).toEqual(optional);
  });

  it('has JavaScript with types, a page to read and a licence, and nothing else', () => {
    const paths = project.packed.files.map(({ path }) => path);
    const built = paths.filter((path) => path.startsWith('dist/'));
    expect(paths.filter((path) => !path.startsWith('dist/')).sort()).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
    ]);
    const odd = built.filter((path) => !/\.(js|d\.ts)$/.test(path) || /test/.test(path));
    expect(odd).toEqual([]);
    expect(built.length).toBeGreaterThan(50);
  });

  it('has of the server only what verifies identities and what decides', () => {
    const foreign = filesOf('.js').filter((path) => !path.startsWith('dist/sdk/src/'));
    const folders = foreign.map((path) =>
      path.replace(/^dist\/src\/(base|estate|(?:identity|authorization)\/[\w.]+)(\/.*)?$/, '$1'),
    );
    expect([...new Set(folders)].sort()).toEqual([
      'authorization/decider.js',
      'authorization/enforcement',
      'authorization/engine',
      'authorization/guardrails',
      'authorization/model',
      'authorization/operations',
      'base',
      'estate',
      'identity/jwt',
      'identity/spiffe',
      'identity/x509',
    ]);
    const unneeded =
      /\/index\.js$|authority\.js|csr|issue|sign(er)?\.js|write-bundle|bundle-document|service\.js|write-slice/;
    const doors = foreign.filter((path) => /identity\/\w+\/verifier\.js$/.test(path));
    expect(doors.length).toBe(3);
    const inside = foreign.filter(
      (path) => !/(der|extensions|validation|authorization\/.+)\/index\.js$/.test(path),
    );
    expect(inside.filter((path) => unneeded.test(path))).toEqual([]);
    const deciding = foreign.filter((path) => path.includes('/authorization/'));
    expect(foreign.length - deciding.length).toBeLessThan(55);
    expect(deciding.length).toBeLessThan(100);
  });

  it('leads to files that are there', () => {
    const { exports } = readManifest(join(project.sdk, 'package.json'));
    const targets = Object.values(exports as Record<string, string | Record<string, string>>);
    const paths = targets.flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    expect(paths.filter((path) => !existsSync(join(project.sdk, path)))).toEqual([]);
    expect(paths.length).toBe(11);
  });

  it('imports nothing but Node and itself; NestJS only where it is for NestJS', () => {
    const imports = filesOf('.js').flatMap((path) =>
      [...readFileSync(join(project.sdk, path), 'utf8').matchAll(/(?:from|import) '([^']+)'/g)].map(
        ([, specifier = '']) => ({ path, specifier }),
      ),
    );
    const foreign = imports.filter(
      ({ specifier }) => !isBuiltin(specifier) && !/^\.{1,2}\/.*\.js$/.test(specifier),
    );
    expect(foreign).toEqual(
      ['@nestjs/common', '@nestjs/core'].map((specifier) => ({
        path: 'dist/sdk/src/middleware/nestjs.js',
        specifier,
      })),
    );
    expect(imports.length).toBeGreaterThan(100);
  });

  it('leaves this repository as it was', () => {
    const own = join(import.meta.dirname, '../sdk/package.json');
    expect(readManifest(project.manifestAfterPacking)).toEqual(readManifest(own));
  });
});

/** Has everything of the package at work in plain JavaScript, and prints what it was answered. */
const PROGRAM = `
import 'reflect-metadata';
import http from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { getRequestListener } from '@hono/node-server';
import {
  allowOnly, createMtlsAgent, createMtlsServer, JwtSource, reevePolicy, withJwtSvid, X509Source,
} from '@reeve/sdk';
import { requireCaller } from '@reeve/sdk/express';
import { requireCaller as forFastify } from '@reeve/sdk/fastify';
import { requireCaller as forHono } from '@reeve/sdk/hono';
import { CallerModule } from '@reeve/sdk/nestjs';

const source = new X509Source();
await source.ready(AbortSignal.timeout(30_000));
const tokens = new JwtSource();
const { spiffeId } = source.svid;
const authorize = allowOnly({ 'GET /orders/{id}': [spiffeId] });
const agent = createMtlsAgent({ source, accept: spiffeId });
const listen = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
const call = async (port, path) => {
  const response = await new Promise((resolve, reject) =>
    https.get({ host: '127.0.0.1', port, path, agent }, resolve).on('error', reject));
  return { status: response.statusCode, body: await text(response) };
};

const app = express();
app.get('/orders/:id', requireCaller({ authorize }), (request, response) => {
  response.send(request.caller.spiffeId);
});
app.get('/tokens', requireCaller({ jwt: { source: tokens, audience: spiffeId } }), (request, response) => {
  response.send(request.caller.proof);
});
const policy = reevePolicy();
await policy.source.ready(AbortSignal.timeout(30_000));
app.use('/policed', requireCaller({ authorize: policy }), (request, response) => {
  response.send(request.caller.spiffeId);
});
app.get('/closed', requireCaller({ authorize }), (_, response) => response.send('closed'));
const overMtls = createMtlsServer({ source }, app);
const overPlain = http.createServer(app);
const port = await listen(overMtls);
const plainPort = await listen(overPlain);
const signedIn = withJwtSvid(fetch, { source: tokens, audience: spiffeId });

const fastify = Fastify({ serverFactory: (handler) => createMtlsServer({ source }, handler) });
fastify.register(forFastify);
fastify.get('/', async (request) => request.caller.spiffeId);
await fastify.ready();

const hono = new Hono().use(forHono());
hono.get('/', (c) => c.text(c.get('caller').spiffeId));
const overHono = createMtlsServer({ source }, getRequestListener(hono.fetch));

console.log(JSON.stringify({
  node: process.versions.node.split('.')[0],
  express: await call(port, '/orders/42'),
  closed: (await call(port, '/closed')).status,
  declared: await call(port, '/policed/orders/42'),
  undeclared: JSON.parse((await call(port, '/policed/other')).body).detail,
  nobody: (await fetch(\`http://127.0.0.1:\${plainPort}/orders/42\`)).status,
  token: await (await signedIn(\`http://127.0.0.1:\${plainPort}/tokens\`)).text(),
  fastify: await call(await listen(fastify.server), '/'),
  hono: await call(await listen(overHono), '/'),
  nestjs: typeof CallerModule.forRoot,
}));
agent.destroy();
for (const server of [overMtls, overPlain, fastify.server, overHono]) {
  server.close();
  server.closeAllConnections();
}
source.close();
tokens.close();
policy.source.close();
`;

/** Orders may read its own orders, unless a guardrail has something against the path. */
const POLICY: Policy = {
  ...SHOP,
  grants: [grantOf(SERVICE, SERVICE, 'GET /policed/**')],
  guardrails: [
    {
      ...{ id: 'no-others', reason: 'nothing else', file: 'a.cedar', line: 1, text: '' },
      json: {
        ...{ effect: 'forbid', principal: { op: 'All' }, action: { op: 'All' } },
        resource: { op: 'All' },
        conditions: [
          {
            kind: 'when',
            body: {
              '==': {
                left: { '.': { left: { Var: 'context' }, attr: 'path' } },
                right: { Value: '/policed/other' },
              },
            },
          },
        ],
      },
    },
  ],
};
const decisionOf = (path: string) =>
  new Engine(POLICY, new CedarJudge(POLICY.guardrails)).decide({
    ...{ caller: ORDERS, proof: 'mtls', service: SERVICE, protocol: 'http', method: 'GET', path },
  });

/** Node 24 runs this test; the machine's own may be another. */
const machineNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => existsSync(path));
const majorOf = (node: string): number =>
  Number(runIn('.', node, '-p', 'process.versions.node.split(".")[0]').stdout);
const NODES = [...new Set([process.execPath, machineNode ?? process.execPath])].filter(
  (node) => majorOf(node) >= 20,
);

describe('a program in JavaScript', () => {
  let api: TestWorkloadApi;
  beforeAll(async () => {
    api = await TestWorkloadApi.serve(ORDERS);
    api.policy.replace(POLICY);
    writeFileSync(join(project.folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(project.folder, 'program.js'), PROGRAM);
  });
  afterAll(() => api?.close());

  it.each(NODES)('runs with %s', async (node) => {
    const child = spawn(node, ['program.js'], {
      cwd: project.folder,
      env: { ...process.env, SPIFFE_ENDPOINT_SOCKET: api.address, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 50_000,
    });
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(stderr.replaceAll(/^.*ExperimentalWarning.*\n.*\n/gm, '')).toBe('');
    const ok = { status: 200, body: ORDERS };
    expect(JSON.parse(stdout)).toEqual({
      node: String(majorOf(node)),
      express: ok,
      closed: 403,
      declared: ok,
      undeclared: decisionOf('/policed/other').message,
      nobody: 401,
      token: 'jwt',
      fastify: ok,
      hono: ok,
      nestjs: 'function',
    });
  });
});

describe('CommonJS', () => {
  it.each(NODES)('can require the package with %s', (node) => {
    const words = ['', '/express', '/fastify', '/hono'].map((entry) => `'@reeve/sdk${entry}'`);
    const script = `console.log([${words}].map((name) => typeof (require(name).requireCaller)))`;
    writeFileSync(join(project.folder, 'required.cjs'), script);
    const { stdout } = runIn(project.folder, node, 'required.cjs');
    expect(stdout).toBe("[ 'function', 'function', 'function', 'function' ]\n");
  });
});

describe('types', () => {
  const TYPED = `
import express from 'express';
import { type Caller, callerOf, createGate, ReeveError } from '@reeve/sdk';
import { requireCaller } from '@reeve/sdk/express';
import { requireCaller as forFastify } from '@reeve/sdk/fastify';
import { requireCaller as forHono } from '@reeve/sdk/hono';
import { CallerGuard } from '@reeve/sdk/nestjs';

express().use(requireCaller(), (request, response) => {
  const caller: Caller | undefined = request.caller;
  response.send(caller?.spiffeId ?? callerOf(request).path);
});
export const guards = [createGate({}), forFastify, forHono(), new CallerGuard(), ReeveError];
`;

  function check(source: string) {
    const options = {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      types: ['node'],
    };
    writeFileSync(join(project.folder, 'typed.ts'), source);
    const config = { compilerOptions: { ...options, skipLibCheck: true }, files: ['typed.ts'] };
    writeFileSync(join(project.folder, 'tsconfig.json'), JSON.stringify(config));
    return runIn(project.folder, process.execPath, TSC, '-p', '.');
  }

  it('are those of the package', () => {
    expect(check(TYPED)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('refuse what the package does not take', () => {
    const { status, stdout } = check(`
import { createGate } from '@reeve/sdk';
createGate({ authorise: () => ({ allowed: true }) });
`);
    expect(status).not.toBe(0);
    expect(stdout).toContain("'authorise' does not exist in type 'CallerOptions'");
  });

  it('lead to other types of the package, and to nothing that is not there', () => {
    const paths = filesOf('.d.ts').flatMap((path) =>
      [
        ...readFileSync(join(project.sdk, path), 'utf8').matchAll(
          /(?:from|import)[ (]'(\.[^']*)'/g,
        ),
      ].map(([, specifier = '']) => join(project.sdk, path, '..', specifier)),
    );
    const missing = paths.filter(
      (path) => !path.endsWith('.js') || !existsSync(path.replace(/\.js$/, '.d.ts')),
    );
    expect(missing).toEqual([]);
    expect(paths.length).toBeGreaterThan(50);
  });
});
