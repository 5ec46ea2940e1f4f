import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { parseBundle } from '../../spiffe/index.ts';
import { BundleEndpointConfig } from '../config.ts';
import { TestDomain } from '../testing/domain.ts';
import { credentialsOf } from './credentials.ts';
import { type BundleEndpoint, serveBundleEndpoint } from './serve.ts';

const folder = mkdtempSync(join(tmpdir(), 'reeve-endpoint-'));
const open: BundleEndpoint[] = [];
const warnings: unknown[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close(0)));
  warnings.length = 0;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function serve(domain: TestDomain, said: object = {}) {
  const statuses: number[] = [];
  const endpoint = await serveBundleEndpoint(
    {
      bundle: () => domain.bundle,
      svid: domain,
      warn: (_, fault) => warnings.push(fault),
      onAnswer: (status) => statuses.push(status),
    },
    BundleEndpointConfig.parse({ port: 0, ...said }),
  );
  open.push(endpoint);
  return { ...endpoint, statuses };
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  readonly serial: string;
  readonly isReused: boolean;
}

async function ask(port: number, options: RequestOptions = {}, body?: string): Promise<Answer> {
  const asking = request({
    ...{ host: '127.0.0.1', port, rejectUnauthorized: false, agent: false },
    ...options,
  });
  asking.end(body);
  const [answer] = await once(asking, 'response');
  // gone when all has been read
  const { serialNumber: serial } = (answer.socket as TLSSocket).getPeerCertificate();
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part);
  return {
    ...{ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts), serial },
    isReused: asking.reusedSocket,
  };
}

describe('the bundle endpoint', () => {
  it('serves the bundle of the instant to whoever asks, without knowing them', async () => {
    const domain = new TestDomain('example.org');
    const { port, statuses } = await serve(domain);
    const first = await ask(port);
    expect(parseBundle('example.org', first.body).bundle).toEqual(domain.bundle);
    expect(first.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(first.body.length),
      'x-content-type-options': 'nosniff',
    });
    const headers = { 'if-none-match': String(first.headers.etag) };
    expect(await ask(port, { headers })).toMatchObject({ status: 304, body: Buffer.alloc(0) });
    domain.publish();
    const second = await ask(port, { headers });
    expect(parseBundle('example.org', second.body).bundle.x509Authorities).toHaveLength(2);
    const head = await ask(port, { method: 'HEAD' });
    expect(head.body).toHaveLength(0);
    expect(head.headers['content-length']).toBe(String(second.body.length));
    expect(statuses).toEqual([200, 304, 200, 200]);
  });

  it('shows a renewed SVID to new connections, while those that are open go on', async () => {
    const domain = new TestDomain('example.org');
    const { port } = await serve(domain);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = await ask(port, { agent });
    domain.show(domain.svid());
    const second = await ask(port, { agent });
    expect([second.isReused, second.serial]).toEqual([true, first.serial]);
    const third = await ask(port);
    expect(third.serial).not.toBe(first.serial);
    agent.destroy();
  });

  it('fails handshakes until there is an SVID, and then serves', async () => {
    const domain = new TestDomain('example.org');
    const svid = domain.svid();
    domain.current = undefined;
    const { port } = await serve(domain);
    await expect(ask(port)).rejects.toThrow(/handshake failure/);
    domain.show(svid);
    expect((await ask(port)).status).toBe(200);
  });

  it('speaks TLS 1.2 and 1.3, and nothing older', async () => {
    const { port } = await serve(new TestDomain('example.org'));
    const speak = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      ask(port, { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' });
    expect((await speak('TLSv1.2')).status).toBe(200);
    expect((await speak('TLSv1.3')).status).toBe(200);
    await expect(speak('TLSv1.1')).rejects.toThrow(/alert|version/);
  });

  it('does not take up a session again, which would not be verified', async () => {
    const { port } = await serve(new TestDomain('example.org'));
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const to = { port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion };
      const first = connect(to);
      let session: Buffer | undefined;
      first.on('session', (given) => (session = given));
      await once(first, 'secureConnect');
      first.end('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n').resume();
      await once(first, 'close');
      const second = connect({ ...to, ...(session && { session }) });
      await once(second, 'secureConnect');
      expect(second.isSessionReused()).toBe(false);
      second.destroy();
    }
  });

  it('does not wait for what comes with a request', async () => {
    const { port } = await serve(new TestDomain('example.org'));
    const answer = await ask(port, { method: 'POST' }, 'x');
    expect(answer).toMatchObject({ status: 405, headers: { connection: 'close' } });
    const endless = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    endless.on('error', () => {}).resume();
    await once(endless, 'secureConnect');
    endless.write('GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000000\r\n\r\n');
    const flood = setInterval(() => endless.writable && endless.write('x'.repeat(1_000)), 5);
    await once(endless, 'close');
    clearInterval(flood);
  });

  it('says when it cannot listen', async () => {
    const domain = new TestDomain('example.org');
    const { port } = await serve(domain);
    await expect(serve(domain, { port })).rejects.toMatchObject({
      code: 'identity/bundle-endpoint-unavailable',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
  });

  it('ends connections that say nothing, before and behind the handshake', async () => {
    const { port, connections } = await serve(new TestDomain('example.org'), { requestSeconds: 1 });
    const plain = connectPlain(port, '127.0.0.1');
    const silent = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    const slow = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    const all = [plain, silent, slow];
    for (const socket of all) socket.on('error', () => {}).resume();
    slow.once('secureConnect', () => slow.write('GET / HTTP/1.1\r\nhost: a\r\nx-slow: '));
    const drip = setInterval(() => slow.writable && slow.write('a'), 100);
    await Promise.all(all.map((socket) => once(socket, 'close')));
    clearInterval(drip);
    await vi.waitFor(() => expect(connections()).toBe(0));
  });

  it('takes no more connections than it may', async () => {
    const { port } = await serve(new TestDomain('example.org'), { maxConnections: 2 });
    const two = [1, 2].map(() => connect({ port, host: '127.0.0.1', rejectUnauthorized: false }));
    await Promise.all(two.map((socket) => once(socket, 'secureConnect')));
    await expect(ask(port)).rejects.toThrow(/socket|ECONNRESET|disconnected/);
    for (const socket of two) socket.destroy();
    await vi.waitFor(async () => expect((await ask(port)).status).toBe(200));
  });

  it('is closed though somebody holds on to a connection', async () => {
    const config = { requestSeconds: 60 };
    const { port, close } = await serve(new TestDomain('example.org'), config);
    const socket = connectPlain(port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    await close(10);
    await expect(ask(port)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('a bundle endpoint with a certificate of the web', () => {
  const files = { certificateFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  const authentication = { profile: 'https_web', ...files, reloadSeconds: 1 };
  const domain = new TestDomain('example.org');
  const write = ({ cert, key } = credentialsOf(domain.svid())) => {
    writeFileSync(files.certificateFile, String(cert));
    writeFileSync(files.keyFile, String(key));
  };

  it('reads it anew when its files have changed, and not while they do not belong together', async () => {
    write();
    const { port } = await serve(domain, { authentication });
    const first = await ask(port);
    writeFileSync(files.keyFile, String(credentialsOf(domain.svid()).key));
    await vi.waitFor(() => expect(warnings).not.toEqual([]));
    expect(warnings[0]).toMatchObject({ code: 'identity/bundle-endpoint-certificate' });
    expect((await ask(port)).serial).toBe(first.serial);
    write();
    await vi.waitFor(async () => expect((await ask(port)).serial).not.toBe(first.serial));
  });

  it.each<[string, string, () => void]>([
    ['is missing', 'identity/federation-file-not-found', () => rmSync(files.keyFile)],
    [
      'is that of another',
      'identity/bundle-endpoint-certificate',
      () => writeFileSync(files.keyFile, String(credentialsOf(domain.svid()).key)),
    ],
    ['is none', 'identity/bundle-endpoint-certificate', () => writeFileSync(files.keyFile, 'key')],
    [
      'is too large',
      'identity/federation-file-too-large',
      () => writeFileSync(files.keyFile, Buffer.alloc(300_000)),
    ],
  ])('does not start where the key %s', async (_, code, change) => {
    write();
    change();
    await expect(serve(domain, { authentication })).rejects.toMatchObject({ code });
  });
});
