import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { selfSigned } from '../../base/testing/certificate.ts';
import { signedHeaders } from '../../base/webhook-signature.ts';
import { NotifyTarget } from './config.ts';
import type { Outcome } from './send/outcome.ts';
import { send } from './targets.ts';
import { CONTEXT, message, NOW } from './testing/notices.ts';

let folder: string;
let pair: { cert: string; key: string };
let caFile: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-notify-'));
  pair = await selfSigned('localhost');
  caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, pair.cert);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
let closing: (() => void)[];
let received: Received[];
beforeEach(() => {
  closing = [];
  received = [];
});
afterEach(() => {
  for (const close of closing) close();
});

type Respond = (response: ServerResponse) => void;
const status =
  (code: number, headers: Record<string, string> = {}): Respond =>
  (response) => {
    response.writeHead(code, headers).end('whatever');
  };

/** Listens for HTTP. */
async function receiver(respond: Respond = status(200), kind: 'http' | 'https' = 'http') {
  const listen = async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece;
    const { method, url: path, headers } = request;
    received.push({ method, path, headers, body });
    respond(response);
  };
  const server = kind === 'http' ? createServer(listen) : createHttpsServer(pair, listen);
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return `${kind}://${kind === 'http' ? '127.0.0.1' : 'localhost'}:${port}`;
}

/** Listens for streams, and gives what each of them brought. */
async function stream(kind: 'tcp' | 'tls', answer: (socket: Socket) => void = () => undefined) {
  const texts: string[] = [];
  const take = (socket: Socket) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (piece) => {
      text += piece;
    });
    socket.on('error', () => undefined).on('end', () => texts.push(text));
    answer(socket);
  };
  const server: Server = kind === 'tcp' ? createTcpServer(take) : createTlsServer(pair, take);
  closing.push(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { port: (server.address() as AddressInfo).port, texts };
}

const ENVIRONMENT = {
  TOKEN: 'Bearer geheim-token',
  KEY: `whsec_${randomBytes(32).toString('base64')}`,
};
function sendTo(
  target: object,
  environment: Record<string, string> = ENVIRONMENT,
  stop = new AbortController().signal,
): Promise<Outcome> {
  const parsed = NotifyTarget.parse({ name: 'x', ...target });
  return send(parsed, { message: message(), context: CONTEXT, environment, stop });
}

describe('a webhook', () => {
  it('is posted to, with a signature and the headers that it asks for', async () => {
    const origin = await receiver();
    const outcome = await sendTo({
      ...{ kind: 'webhook', url: `${origin}/hooks/1`, secret: { variable: 'KEY' } },
      headers: { Authorization: { variable: 'TOKEN' } },
    });
    expect(outcome).toEqual({ outcome: 'delivered' });
    const [{ method, path, headers, body } = { headers: {}, body: '' }] = received;
    expect([method, path]).toEqual(['POST', '/hooks/1']);
    expect(JSON.parse(body)).toMatchObject({
      type: 'incident.open',
      data: { incident: 'incident-1' },
    });
    const key = Buffer.from(ENVIRONMENT.KEY.slice('whsec_'.length), 'base64');
    const signature = signedHeaders(key, { id: 'notice_1', seconds: NOW / 1_000, body });
    expect(headers).toMatchObject({
      ...{ 'content-type': 'application/json', authorization: ENVIRONMENT.TOKEN, ...signature },
    });
  });

  it('may ask for OCSF', async () => {
    await sendTo({ kind: 'webhook', url: `${await receiver()}/`, format: 'ocsf' });
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ class_uid: 2004 });
    expect(received[0]?.headers['webhook-id']).toBe('notice_1');
  });

  it('is verified by its certificate', async () => {
    const url = `${await receiver(status(204), 'https')}/`;
    expect(await sendTo({ kind: 'webhook', url })).toEqual({
      outcome: 'later',
      why: 'it cannot be reached (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
    expect(received).toEqual([]);
    expect(await sendTo({ kind: 'webhook', url, caFile })).toEqual({ outcome: 'delivered' });
  });

  it.each<[number, Outcome]>([
    [202, { outcome: 'delivered' }],
    [302, { outcome: 'later', why: 'it sends elsewhere (302), and is not followed' }],
    [400, { outcome: 'refused', why: 'it does not take the message (400)' }],
    [401, { outcome: 'later', why: 'it does not take the credentials (401)' }],
    [404, { outcome: 'later', why: 'nothing is at its address (404)' }],
    [413, { outcome: 'refused', why: 'it does not take the message (413)' }],
    [429, { outcome: 'later', why: 'it has had too many messages (429)', afterSeconds: 30 }],
    [503, { outcome: 'later', why: 'it has a fault (503)', afterSeconds: 30 }],
  ])('that answers %i: %o', async (code, outcome) => {
    const elsewhere = await receiver();
    const headers = code >= 429 ? { 'retry-after': '30' } : { location: `${elsewhere}/other` };
    const origin = await receiver(status(code, headers));
    expect(await sendTo({ kind: 'webhook', url: `${origin}/` })).toEqual(outcome);
    expect(received).toHaveLength(1);
  });

  it('that answers without end is left', async () => {
    const origin = await receiver((response) => {
      response.writeHead(200);
      const more = () => response.write('x'.repeat(65_536), () => setImmediate(more));
      more();
    });
    expect(await sendTo({ kind: 'webhook', url: `${origin}/` })).toEqual({ outcome: 'delivered' });
  });

  it('that does not answer is given up in time', async () => {
    const origin = await receiver(() => undefined);
    expect(await sendTo({ kind: 'webhook', url: `${origin}/`, timeoutSeconds: 1 })).toEqual({
      outcome: 'later',
      why: 'it did not answer within 1 s',
    });
  });

  it('that is not there, or is left when the server ends, can be tried again', async () => {
    const { port } = await stream('tcp');
    for (const close of closing.splice(0)) close();
    expect(await sendTo({ kind: 'webhook', url: `http://127.0.0.1:${port}/` })).toEqual({
      outcome: 'later',
      why: 'it cannot be reached (ECONNREFUSED)',
    });
    const stopped = AbortSignal.abort();
    const url = `${await receiver()}/`;
    expect(await sendTo({ kind: 'webhook', url }, ENVIRONMENT, stopped)).toMatchObject({
      outcome: 'later',
    });
  });

  it.each<[string, object, Record<string, string>, string]>([
    ['is not there', { variable: 'NONE' }, {}, 'is not set'],
    ['is no key', { variable: 'KEY' }, { KEY: 'geheim' }, 'is none; write `whsec_`'],
    ['may be read by others', { file: 'exposed' }, {}, 'others than its owner may use it'],
  ])('whose secret %s is not asked, and it is not told', async (_, secret, environment, why) => {
    const path = join(folder, 'exposed');
    writeFileSync(path, 'geheim', { mode: 0o644 });
    const reference = 'file' in secret ? { file: path } : secret;
    const target = { kind: 'webhook', url: `${await receiver()}/`, secret: reference };
    const outcome = await sendTo(target, environment);
    expect(outcome).toMatchObject({ outcome: 'later', why: expect.stringContaining(why) });
    expect(JSON.stringify(outcome)).not.toContain('geheim');
    expect(received).toEqual([]);
  });
});

describe('Slack', () => {
  it('is posted to at an address that is a secret', async () => {
    const origin = await receiver();
    const file = join(folder, 'slack');
    writeFileSync(file, `${origin}/services/T0/B0/geheim\n`, { mode: 0o600 });
    expect(await sendTo({ kind: 'slack', url: { file } })).toEqual({ outcome: 'delivered' });
    expect(received[0]?.path).toBe('/services/T0/B0/geheim');
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
      blocks: [{ type: 'header' }, {}, {}, {}],
    });
  });

  const NONE = 'What should be the address of a webhook is none';
  it.each([
    ['plain text beyond this machine', 'http://hooks.example.org/services/geheim', NONE],
    ['no address', 'geheim', NONE],
    ['a file', 'file:///etc/geheim', NONE],
    ['where nobody listens', 'http://127.0.0.1:1/services/geheim', 'it cannot be reached'],
  ])('is not told, and neither is its address, where that is %s', async (_, url, why) => {
    const outcome = await sendTo({ kind: 'slack', url: { variable: 'URL' } }, { URL: url });
    expect(outcome).toMatchObject({ outcome: 'later', why: expect.stringContaining(why) });
    expect(JSON.stringify(outcome)).not.toMatch(/geheim|services|hooks/);
  });
});

it('PagerDuty is sent an event with the key of its integration', async () => {
  const url = `${await receiver(status(202))}/v2/enqueue`;
  const target = { kind: 'pagerduty', url, routingKey: { variable: 'KEY' } };
  expect(await sendTo(target, { KEY: 'r0uting' })).toEqual({ outcome: 'delivered' });
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
    ...{ routing_key: 'r0uting', event_action: 'trigger', dedup_key: 'reeve/incident-1' },
  });
});

describe('syslog', () => {
  const LINE =
    /^<82>1 2025-05-05T10:00:30\.000Z reeve-0 reeve - incident - CEF:0\|Reeve\|.*never calls\.$/;

  it.each(['tcp', 'tls'] as const)(
    'takes a message over %s, counted in octets',
    async (protocol) => {
      const { port, texts } = await stream(protocol);
      const target = { kind: 'syslog', host: 'localhost', port, protocol, caFile };
      expect(await sendTo(target)).toEqual({ outcome: 'delivered' });
      await expect.poll(() => texts).toHaveLength(1);
      const [, length, text = ''] = /^(\d+) ([\s\S]*)$/.exec(texts[0] ?? '') ?? [];
      expect(Buffer.byteLength(text)).toBe(Number(length));
      expect(text).toMatch(LINE);
    },
  );

  it('takes a message that a line end ends', async () => {
    const { port, texts } = await stream('tcp');
    await sendTo({ kind: 'syslog', host: '127.0.0.1', port, protocol: 'tcp', framing: 'newline' });
    await expect.poll(() => texts).toHaveLength(1);
    expect(texts[0]?.trimEnd()).toMatch(LINE);
    expect(texts[0]?.endsWith('\n')).toBe(true);
  });

  it('takes a message over UDP', async () => {
    const socket = createSocket('udp4');
    closing.push(() => socket.close());
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const taken = once(socket, 'message');
    const target = {
      kind: 'syslog',
      host: '127.0.0.1',
      port: socket.address().port,
      protocol: 'udp',
    };
    expect(await sendTo(target)).toEqual({ outcome: 'delivered' });
    expect(String((await taken)[0])).toMatch(LINE);
  });

  it('is verified by its certificate', async () => {
    const { port, texts } = await stream('tls');
    expect(await sendTo({ kind: 'syslog', host: 'localhost', port })).toEqual({
      outcome: 'later',
      why: 'it cannot be reached (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
    expect(await sendTo({ kind: 'syslog', host: '127.0.0.1', port, caFile })).toMatchObject({
      why: 'it cannot be reached (ERR_TLS_CERT_ALTNAME_INVALID)',
    });
    const named = { kind: 'syslog', host: '127.0.0.1', port, caFile, serverName: 'localhost' };
    expect(await sendTo(named)).toEqual({ outcome: 'delivered' });
    await expect.poll(() => texts).toHaveLength(1);
  });

  it('that cuts the connection off has not taken it', async () => {
    const { port } = await stream('tcp', (socket) => socket.resetAndDestroy());
    const target = { kind: 'syslog', host: '127.0.0.1', port, protocol: 'tcp' };
    expect(await sendTo(target)).toMatchObject({ outcome: 'later' });
  });

  it('that never closes has taken it', async () => {
    const { port } = await stream('tcp', (socket) => {
      socket.allowHalfOpen = true;
      closing.push(() => socket.destroy());
    });
    const target = { kind: 'syslog', host: '127.0.0.1', port, protocol: 'tcp', timeoutSeconds: 30 };
    expect(await sendTo(target)).toEqual({ outcome: 'delivered' });
  });
});

describe('a file', () => {
  it('gets a line a message, is nobody else’s to read, and is put aside when it is long', async () => {
    const path = join(folder, 'findings.ndjson');
    const target = { kind: 'file', path, maxBytes: 1_048_576 };
    expect(await sendTo(target)).toEqual({ outcome: 'delivered' });
    await sendTo(target);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).class_uid)).toEqual([2004, 2004]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    writeFileSync(path, 'x'.repeat(1_048_576));
    await sendTo(target);
    expect(statSync(`${path}.1`).size).toBe(1_048_576);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(2);
  });

  it('may be something else that takes lines, such as standard output', async () => {
    const target = { kind: 'file', path: '/dev/null' };
    expect(await sendTo(target)).toEqual({ outcome: 'delivered' });
  });

  it('that cannot be written is tried again', async () => {
    expect(await sendTo({ kind: 'file', path: join(folder, 'none', 'x') })).toEqual({
      outcome: 'later',
      why: 'its file cannot be written (ENOENT)',
    });
  });
});

describe('the configuration', () => {
  it.each<[string, object]>([
    ['plain text beyond this machine', { kind: 'webhook', url: 'http://example.org/' }],
    ['a user in an address', { kind: 'webhook', url: 'https://a:b@example.org/' }],
    ['a token in an address', { kind: 'webhook', url: 'https://example.org/?token=1' }],
    ['a secret in place of a reference', { kind: 'slack', url: 'https://hooks.example.org/x' }],
    ['a reference to two places', { kind: 'slack', url: { file: 'a', variable: 'B' } }],
    [
      'a header of Reeve’s own',
      {
        kind: 'webhook',
        url: 'https://example.org/',
        headers: { 'Webhook-Id': { variable: 'A' } },
      },
    ],
    ['what is unknown', { kind: 'webhook', url: 'https://example.org/', redirects: true }],
  ])('refuses %s', (_, target) => {
    expect(NotifyTarget.safeParse({ name: 'x', ...target }).success).toBe(false);
  });
});
