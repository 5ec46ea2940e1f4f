import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { selfSigned } from '../../../base/testing/certificate.ts';
import { failureOf, rotateTwiceEach, stepOf } from '../testing/step.ts';
import { WebhookReceivers, WebhookRotation, webhookRotator } from './index.ts';

const KEY = randomBytes(32);
const ADMIN = { secret: `whsec_${KEY.toString('base64')}` };

interface Message {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let folder: string;
let tls: { cert: string; key: string };
let caFile: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-webhook-'));
  tls = await selfSigned('localhost');
  caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, tls.cert);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let servers: Server[];
let messages: Message[];
beforeEach(() => {
  servers = [];
  messages = [];
});
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

type Respond = (message: Message, response: ServerResponse) => void;
const json =
  (answer: unknown, status = 200): Respond =>
  (_, response) => {
    response.writeHead(status).end(JSON.stringify(answer));
  };
const DONE = json({ ok: true });

/** Listens for messages. */
async function receiver(respond: Respond, kind: 'http' | 'https' = 'http'): Promise<string> {
  const listen = async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece;
    const message = { headers: request.headers, body };
    messages.push(message);
    respond(message, response);
  };
  const server = kind === 'http' ? createServer(listen) : createTlsServer(tls, listen);
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const host = kind === 'http' ? '127.0.0.1' : 'localhost';
  return `${kind}://${host}:${(server.address() as AddressInfo).port}`;
}

const rotatorAt = (origin: string) => webhookRotator(WebhookReceivers.parse([origin]));
const configOf = (origin: string, said: object = {}) =>
  WebhookRotation.parse({ url: `${origin}/hooks/orders?x=1`, ...said });
const stepAt = (origin: string, said: object = {}, values: object = {}) => ({
  ...stepOf(configOf(origin, said), { admin: ADMIN }),
  ...values,
});

describe('a message', () => {
  it('is signed as Standard Webhooks are, and says what is to be done', async () => {
    const origin = await receiver(DONE);
    const current = { value: 'old' };
    const step = stepAt(origin, {}, { current });
    await rotatorAt(origin).set(step, { value: 'new' });
    const [{ headers, body } = { headers: {}, body: '' }] = messages;
    const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': given } = headers;
    const right = createHmac('sha256', KEY).update(`${id}.${time}.${body}`).digest('base64');
    expect(given).toBe(`v1,${right}`);
    expect(time).toBe(String(Math.floor(step.now / 1_000)));
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body)).toEqual({
      type: 'rotation.set',
      timestamp: new Date(step.now).toISOString(),
      data: {
        ...{ secret: 'production/shop/orders/db', run: 'run', version: 2, step: 'set' },
        ...{ value: { value: 'new' }, current },
      },
    });
  });

  it('has the same id as often as a change is made, and another for another', async () => {
    const origin = await receiver(DONE);
    const rotator = rotatorAt(origin);
    for (const version of [2, 2, 3]) {
      await rotator.set(stepAt(origin, {}, { version }), { value: 'new' });
    }
    await rotator.revoke(stepAt(origin), { value: 'new' });
    await rotator.set(stepAt(origin, {}, { secret: 'production/shop/orders/else' }), {
      value: 'x',
    });
    const ids = messages.map(({ headers }) => headers['webhook-id']);
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^rotation_[0-9a-f]{32}$/);
  });

  it('has an id of its own where it asks', async () => {
    const origin = await receiver(json({ ok: true, refused: true }));
    const step = stepAt(origin);
    for (const _ of [1, 2]) await rotatorAt(origin).isRefused(step, { value: 'new' });
    expect(new Set(messages.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  });

  it.each([
    ['no member', {}],
    ['a text that is no base64', { secret: 'whsec_correct horse battery staple!!' }],
    ['too few bytes', { secret: `whsec_${randomBytes(16).toString('base64')}` }],
    ['too many bytes', { value: randomBytes(65).toString('base64') }],
  ])('is not sent with a secret that has %s', async (_, admin) => {
    const origin = await receiver(DONE);
    const step = stepAt(origin, {}, { admin });
    expect(await failureOf(rotatorAt(origin).set(step, {}))).toMatch(/^denied: /);
    expect(messages).toEqual([]);
  });
});

describe('a receiver', () => {
  it('is called over TLS, and proves who it is', async () => {
    const origin = await receiver(DONE, 'https');
    await rotatorAt(origin).set(stepAt(origin, { caFile }), { value: 'new' });
    expect(messages).toHaveLength(1);
  });

  it.each([
    ['nobody knows who signed its certificate', {}],
    ['its certificate is of another name', { serverName: 'rotate.example.org', ca: true }],
  ])(
    'is told nothing where %s',
    async (_, { ca, ...said }: { ca?: boolean; serverName?: string }) => {
      const origin = await receiver(DONE, 'https');
      const step = stepAt(origin, { ...said, ...(ca && { caFile }) });
      expect(await failureOf(rotatorAt(origin).set(step, { value: 'new' }))).toMatch(
        /^changed: .* does not prove that it is the server/,
      );
      expect(messages).toEqual([]);
    },
  );

  it('is taken without proof only where the plan says so', async () => {
    const origin = await receiver(DONE, 'https');
    await rotatorAt(origin).set(stepAt(origin, { tls: 'unverified' }), { value: 'new' });
    expect(messages).toHaveLength(1);
  });

  it('is not called where the configuration of the server does not name it', async () => {
    const origin = await receiver(DONE);
    const failure = await failureOf(
      rotatorAt('https://rotate.example.org').set(stepAt(origin), {}),
    );
    expect(failure).toMatch(/^invalid: http:\/\/127.0.0.1:\d+ is not among the receivers/);
    expect(messages).toEqual([]);
  });

  it.each([
    'http://rotate.example.org/',
    'ftp://rotate.example.org/',
    'https://user:word@rotate.example.org/',
    'https://rotate.example.org/#here',
    'file:///etc/passwd',
    'http://localhost.example.org/',
    'nothing',
  ])('cannot be at %s', (url) => {
    expect(WebhookRotation.safeParse({ url: 'https://rotate.example.org/' }).success).toBe(true);
    expect(WebhookRotation.safeParse({ url }).success).toBe(false);
    expect(WebhookReceivers.safeParse([url]).success).toBe(false);
  });

  it.each<[string, Respond, string]>([
    ['says that it is', json({ ok: false, trouble: 'unreachable' }), 'unreachable'],
    ['says that it is', json({ ok: false, trouble: 'refused' }), 'refused'],
    ['says that it is', json({ ok: false, trouble: 'denied' }), 'denied'],
    ['says that it is', json({ ok: false, trouble: 'changed' }), 'changed'],
    ['says that it is', json({ ok: false, trouble: 'invalid' }), 'invalid'],
    ['adds what nobody asked for', json({ ok: true, also: 1 }), 'invalid'],
    ['answers nothing', (_, response) => response.end(), 'invalid'],
    ['answers a list', json([{ ok: true }]), 'invalid'],
    ['tells what is secret', json({ ok: false, trouble: 'new' }), 'invalid'],
    ['takes no signature', json({}, 401), 'denied'],
    ['is not there', json({}, 404), 'invalid'],
    ['has too much to do', json({}, 429), 'unreachable'],
    ['has a fault', json({ ok: true }, 503), 'unreachable'],
    ['answers with another success', json({ ok: true }, 201), 'invalid'],
    [
      'sends elsewhere',
      (_, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
      'invalid',
    ],
    ['cuts the connection', (_, response) => response.destroy(), 'unreachable'],
    [
      'answers half',
      (_, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('{"ok"', () => response.destroy());
      },
      'unreachable',
    ],
    ['answers too much', (_, response) => response.end('x'.repeat(200_000)), 'invalid'],
    [
      'answers without end',
      (_, response) => {
        const more = () => !response.destroyed && response.write('x'.repeat(65_536), more);
        more();
      },
      'invalid',
    ],
  ])('that %s is told by what it means (%#)', async (_, respond, trouble) => {
    const origin = await receiver(respond);
    const failure = await failureOf(rotatorAt(origin).set(stepAt(origin), { value: 'Tr0ub4dor' }));
    expect(failure.split(': ')[0]).toBe(trouble);
    expect(failure).not.toContain('Tr0ub4dor');
    expect(failure).not.toContain('/hooks');
    expect(messages).toHaveLength(1);
  });

  it('that does not answer is given up in its time', async () => {
    const origin = await receiver(() => undefined);
    const step = stepAt(origin, { requestSeconds: 1 });
    expect(await failureOf(rotatorAt(origin).set(step, {}))).toMatch(
      /^unreachable: .* did not answer within 1 s$/,
    );
  });

  it('is given up when the step is to end', async () => {
    const stop = new AbortController();
    const origin = await receiver(() => stop.abort());
    const step = stepAt(origin, {}, { signal: stop.signal });
    expect(await failureOf(rotatorAt(origin).set(step, {}))).toMatch(
      /^unreachable: .* did not answer in time$/,
    );
  });

  it('that is down is tried again', async () => {
    const origin = 'http://127.0.0.1:1';
    expect(await failureOf(rotatorAt(origin).set(stepAt(origin), {}))).toMatch(/^unreachable: /);
  });

  it('may answer anything', async () => {
    let answer = '';
    const origin = await receiver((_, response) => {
      response.end(answer);
    });
    const any = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.json());
    await fc.assert(
      fc.asyncProperty(any, async (text) => {
        answer = text;
        expect(await failureOf(rotatorAt(origin).test(stepAt(origin), {}))).toMatch(/^invalid: /);
      }),
      { numRuns: 60 },
    );
  });
});

describe('steps', () => {
  const stepsOf = () => messages.map(({ body }) => JSON.parse(body).data.step);
  const ANSWERS: Readonly<Record<string, unknown>> = {
    make: { ok: true, value: { token: 'made elsewhere' } },
    'is-refused': { ok: true, refused: false },
    inspect: { ok: true, holds: ['write orders', 'read orders'] },
  };
  const respond: Respond = (message, response) => {
    const { step } = JSON.parse(message.body).data;
    json(ANSWERS[step] ?? { ok: true })(message, response);
  };
  const values = { admin: ADMIN, current: { value: 'old' } };

  it('that the receiver does not take are left to Reeve', async () => {
    const origin = await receiver(respond);
    const config = configOf(origin, { members: { username: 'orders' } });
    const rotator = rotatorAt(origin);
    const value = await rotateTwiceEach(rotator, config, values);
    expect(Object.keys(value)).toEqual(['username', 'value']);
    expect(value.value).toHaveLength(32);
    const twice = ['is-refused', 'revoke'];
    expect(stepsOf()).toEqual(['set', 'set', 'test', 'test', ...twice, ...twice]);
    await rotator.undo?.(stepAt(origin), value);
    expect(stepsOf().at(-1)).toBe('revoke');
    expect(await rotator.inspect?.(stepAt(origin))).toEqual([]);
  });

  it('that it takes are asked of it', async () => {
    const origin = await receiver(respond);
    const said = { steps: ['make', 'undo', 'finish', 'inspect'], members: { username: 'orders' } };
    const rotator = rotatorAt(origin);
    const value = await rotateTwiceEach(rotator, configOf(origin, said), values);
    expect(value).toEqual({ username: 'orders', token: 'made elsewhere' });
    await rotator.undo?.(stepAt(origin, said), value);
    expect(await rotator.inspect?.(stepAt(origin, said))).toEqual(['read orders', 'write orders']);
    const asked = ['make', 'set', 'set', 'test', 'test', 'finish', 'finish', 'undo', 'inspect'];
    expect(stepsOf()).toEqual(asked);
  });

  it('have time to settle where the plan says so', () => {
    const config = configOf('https://rotate.example.org', { settleSeconds: 30 });
    expect(rotatorAt('https://rotate.example.org').settleSeconds?.(config)).toBe(30);
  });
});
