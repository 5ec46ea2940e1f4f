import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/estate/store/index.ts';
import {
  BundleEndpointConfig,
  Federation,
  FederationConfig,
  serveBundleEndpoint,
} from '../../src/identity/federation/index.ts';
import { TestDomain } from '../../src/identity/federation/testing/domain.ts';
import { writeBundle } from '../../src/identity/spiffe/index.ts';
import { toPem } from '../../src/identity/x509/index.ts';
import { LivingAuthority } from './support/living-authority.ts';
import { goSource, isMissing } from './support/tools.ts';

const peer = goSource('federation', join(import.meta.dirname, 'support', 'federation.go'), [
  'github.com/spiffe/go-spiffe/v2@v2.9.0',
]);
type Line = Readonly<Record<string, unknown>>;

let folder: string;
let closing: (() => unknown)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-federation-'));
  closing = [() => rmSync(folder, { recursive: true, force: true })];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
});

/** A program in Go, which says what it sees line by line, and does what it is told. */
function run(...words: readonly string[]) {
  const child: ChildProcess = spawn(join(peer.path ?? '', 'federation'), words, {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  closing.push(() => child.kill('SIGKILL'));
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('it has no streams');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Line> => JSON.parse((await lines.next()).value ?? '{}');
  return {
    next,
    async tell(word: string): Promise<void> {
      stdin.write(`${word}\n`);
      expect(await next()).toEqual({ done: word });
    },
  };
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

async function serve(domain: TestDomain | LivingAuthority, said: object = {}) {
  const endpoint = await serveBundleEndpoint(
    {
      bundle: () => domain.bundle,
      svid: domain,
      warn: (message, fault) => console.error(message, fault),
    },
    BundleEndpointConfig.parse({ port: 0, path: '/bundle.json', ...said }),
  );
  closing.push(() => endpoint.close(0));
  return `https://127.0.0.1:${endpoint.port}/bundle.json`;
}

async function openFederation(relation: object): Promise<Federation> {
  const store = await openStore({ kind: 'sqlite', folder });
  closing.push(() => store.close());
  const federation = await Federation.open({
    ...{ trustDomain: 'example.org', store, clock: Date.now, random: Math.random },
    config: FederationConfig.parse({ trustDomains: [relation] }),
    // the test fetches by itself
    after: () => () => {},
    ownBundle: () => new TestDomain('example.org').bundle,
    warn: () => {},
  });
  closing.push(() => federation.close());
  return federation;
}

describe.skipIf(isMissing('go-spiffe', peer, { isNeeded: true }))(
  'a trust domain in Go that asks our endpoint',
  () => {
    it('knows it by its SVID, and sees the root rotate without missing anything', async () => {
      const config = { refreshHintSeconds: 1, skewSeconds: 0, taintedReissueSeconds: 3 };
      const authority = await LivingAuthority.open('example.org', config);
      closing.push(() => authority.close());
      const file = write('bundle.json', writeBundle(authority.bundle));
      const url = await serve(authority);
      const { next } = run('spiffe', 'example.org', url, 'spiffe://example.org/reeve/server', file);
      const first = await next();
      expect(first).toMatchObject({ of: 'example.org', hint: 1, x509: 1, jwt: 1 });
      const [root] = authority.keeper.state.authorities.filter(({ kind }) => kind === 'x509');
      await authority.keeper.taint(root?.id ?? '', 'orderly', { actor: 'test', reason: '' });
      expect(await next()).toMatchObject({ x509: 2, sequence: Number(first.sequence) + 1 });
      // the new root signs, the old one has gone: the endpoint is believed by what was fetched before
      expect(await next()).toMatchObject({ x509: 1, sequence: Number(first.sequence) + 2 });
      await authority.keeper.rotate('jwt', { actor: 'test', reason: '' });
      expect(await next()).toMatchObject({ x509: 1, jwt: 2 });
    });

    it('does not believe another workload, nor another root', async () => {
      const domain = new TestDomain('example.org');
      const url = await serve(domain);
      const known = write('bundle.json', writeBundle(domain.bundle));
      const other = write('other.json', writeBundle(new TestDomain('example.org').bundle));
      const endpoint = 'spiffe://example.org/reeve/server';
      const { next } = run('spiffe', 'example.org', url, 'spiffe://example.org/other', known);
      expect((await next()).failed).toContain(`unexpected ID "${endpoint}"`);
      const { next: nextOfOther } = run('spiffe', 'example.org', url, endpoint, other);
      expect((await nextOfOther()).failed).toContain('unknown authority');
    });

    it('knows it by a certificate of the web, and sees its files change', async () => {
      const web = new TestDomain('web.example');
      const show = () => {
        const { chain, privateKey } = web.svid({ dnsNames: ['localhost'] });
        write('cert.pem', toPem('CERTIFICATE', ...chain));
        write('key.pem', toPem('PRIVATE KEY', privateKey));
      };
      show();
      const domain = new TestDomain('example.org');
      const files = { certificateFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
      const authentication = { profile: 'https_web', reloadSeconds: 1, ...files };
      const url = (await serve(domain, { authentication })).replace('127.0.0.1', 'localhost');
      const { next } = run('web', 'example.org', url, write('ca.pem', web.pem));
      expect(await next()).toMatchObject({ of: 'example.org', sequence: 1, hint: 300, x509: 1 });
      // its own root is another now: what does not follow is not believed
      web.publish();
      web.activate();
      show();
      expect((await next()).failed).toContain('unknown authority');
      const { next: nextThen } = run('web', 'example.org', url, write('ca.pem', web.pem));
      expect(await nextThen()).toMatchObject({ sequence: 1 });
    });
  },
);

describe.skipIf(isMissing('go-spiffe', peer, { isNeeded: true }))(
  'the endpoint of a trust domain in Go',
  () => {
    it('is known by its SVID, through rotations of its root', async () => {
      const { next, tell } = run('serve', 'other.example');
      const { url, bundle } = await next();
      const federation = await openFederation({
        ...{ trustDomain: 'other.example', url, profile: 'https_spiffe' },
        endpointSpiffeId: 'spiffe://other.example/bundles',
        bundleFile: write('other.json', String(bundle)),
      });
      expect(federation.bundles()).toHaveLength(1);
      for (const turn of [0, 1]) {
        await tell('publish');
        expect(await federation.refresh('other.example')).toMatchObject({
          ...{ state: 'fresh', lastFailure: null },
          bundle: { sequence: String(2 * turn + 2), refreshHintSeconds: 30, x509Authorities: 2 },
        });
        await tell('activate');
        await tell('retire');
        expect(await federation.refresh('other.example')).toMatchObject({
          ...{ state: 'fresh', lastFailure: null },
          bundle: { sequence: String(2 * turn + 3), x509Authorities: 1, jwtAuthorities: turn + 2 },
        });
      }
      // a second look finds nothing new, in whatever order Go writes the keys
      const [before] = federation.bundles();
      await federation.refresh('other.example');
      expect(federation.bundles()[0]).toBe(before);
    });

    it('that rotated while nobody looked is believed no more, and its bundle stays', async () => {
      const { next, tell } = run('serve', 'other.example');
      const { url, bundle } = await next();
      const federation = await openFederation({
        ...{ trustDomain: 'other.example', url, profile: 'https_spiffe' },
        endpointSpiffeId: 'spiffe://other.example/bundles',
        bundleFile: write('other.json', String(bundle)),
      });
      for (const word of ['publish', 'activate', 'retire']) await tell(word);
      expect(await federation.refresh('other.example')).toMatchObject({
        ...{ state: 'stale', bundle: { sequence: '1' } },
        lastFailure: { code: 'identity/certificate-invalid/no-authority' },
      });
    });

    it('is known by a certificate of the web', async () => {
      const { next } = run('serve', 'other.example');
      const { url, bundle } = await next();
      const [{ x5c }] = JSON.parse(String(bundle)).keys;
      const caFile = write('ca.pem', toPem('CERTIFICATE', Buffer.from(x5c[0], 'base64')));
      const relation = { trustDomain: 'other.example', url, profile: 'https_web', caFile };
      const federation = await openFederation(relation);
      expect(await federation.refresh('other.example')).toMatchObject({
        ...{ state: 'fresh', bundle: { sequence: '1', x509Authorities: 1, jwtAuthorities: 1 } },
      });
    });
  },
);
