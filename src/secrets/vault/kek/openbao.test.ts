import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KekConfig, type OpenBaoKekConfig } from '../config.ts';
import { codeOf, faultOf } from '../testing/faults.ts';
import { Holder, LocalServer } from '../testing/holder.ts';
import { itIsAKek } from '../testing/kek-contract.ts';
import { OpenBaoKek } from './openbao.ts';

const token = randomBytes(16).toString('hex');
const CONTEXT = { 'reeve-vault': 'f00d' };

/** The two requests of the transit engine, over real encryption. */
function transit(holder: Holder) {
  return (request: IncomingMessage, body: string, response: ServerResponse): void => {
    const { plaintext, ciphertext, associated_data } = JSON.parse(body);
    const say = (status: number, answer: object) =>
      response.writeHead(status).end(JSON.stringify(answer));
    if (request.headers['x-vault-token'] !== token) return void say(403, { errors: ['denied'] });
    if (request.url === '/v1/teams/transit/encrypt/reeve') {
      const blob = holder.encrypt(Buffer.from(plaintext, 'base64'), associated_data);
      return void say(200, { data: { ciphertext: `vault:v1:${blob.toString('base64')}` } });
    }
    if (request.url !== '/v1/teams/transit/decrypt/reeve') return void say(404, { errors: [] });
    const [, blob = ''] = /^vault:v1:(.*)$/.exec(ciphertext) ?? [];
    const plain = holder.decrypt(Buffer.from(blob, 'base64'), associated_data);
    if (plain === undefined) return void say(400, { errors: ['invalid ciphertext'] });
    say(200, { data: { plaintext: plain.toString('base64') } });
  };
}

const configOf = (url: string, more: object = {}) =>
  KekConfig.parse({
    kind: 'openbao',
    url,
    mount: 'teams/transit',
    key: 'reeve',
    token: { variable: 'TOKEN' },
    ...more,
  }) as OpenBaoKekConfig;

describe('a key of the transit engine', () => {
  let server: LocalServer;
  let seen: IncomingHttpHeaders = {};
  beforeAll(async () => {
    const answer = transit(new Holder());
    server = await LocalServer.start((request, body, response) => {
      seen = request.headers;
      answer(request, body, response);
    });
  });
  afterAll(() => server.stop());
  const open = (more: object = {}, environment = { TOKEN: token }) =>
    new OpenBaoKek(configOf(server.url, more), environment);

  itIsAKek(open);

  it('is named by where it is in OpenBao, not by the address of that', () => {
    expect(open().id).toBe('openbao:teams/transit/reeve');
    expect(open({ namespace: 'platform/' }).id).toBe('openbao:platform/teams/transit/reeve');
  });

  it('is asked in its namespace', async () => {
    await open({ namespace: 'platform' }).wrap(randomBytes(32), CONTEXT);
    expect(seen).toMatchObject({ 'x-vault-namespace': 'platform', 'x-vault-request': 'true' });
  });

  it.each<[string, object, Record<string, string>, string, string]>([
    ['a token that is not known', {}, { TOKEN: 'other' }, 'vault/kek-denied', 'answers 403'],
    ['no token', {}, {}, 'vault/kek-not-found', 'The environment variable `TOKEN` is not set'],
    [
      'a token of two lines',
      {},
      { TOKEN: 'a\nb' },
      'vault/kek-malformed',
      '`TOKEN` does not hold a token',
    ],
    [
      'a key that is not there',
      { key: 'none' },
      { TOKEN: token },
      'vault/kek-not-found',
      'answers 404',
    ],
  ])('tells %s', async (_, more, environment, code, message) => {
    const kek = new OpenBaoKek(configOf(server.url, more), environment);
    const fault = await faultOf(() => kek.wrap(randomBytes(32), CONTEXT));
    expect(fault?.code).toBe(code);
    expect(fault?.message).toContain(message);
    expect(`${fault?.message}${fault?.hint}`).not.toContain(token);
  });
});

describe('an OpenBao in trouble', () => {
  const long = JSON.stringify({ data: { ciphertext: 'a'.repeat(99_999) } });
  it.each<[string, number, string, string]>([
    ['is sealed', 503, '{"errors":["Vault is sealed"]}', 'vault/kek-unavailable'],
    ['has too much to do', 429, '', 'vault/kek-unavailable'],
    ['breaks', 500, '<html>', 'vault/kek-unavailable'],
    ['sends us elsewhere', 307, '', 'vault/kek-unavailable'],
    ['says something else', 200, '{"data":{}}', 'vault/kek-malformed'],
    ['says no JSON', 200, '<html>', 'vault/kek-malformed'],
    ['says too much', 200, long, 'vault/kek-malformed'],
    [
      'has a key without associated data',
      400,
      '{"errors":["associated data"]}',
      'vault/kek-denied',
    ],
  ])('which %s is told', async (_, status, body, code) => {
    const server = await LocalServer.start((__, ___, response) => {
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(body);
    });
    const kek = new OpenBaoKek(configOf(server.url), { TOKEN: token });
    expect(await codeOf(() => kek.wrap(randomBytes(32), CONTEXT))).toBe(code);
    await server.stop();
  });

  it('which does not answer, or is not there, is told', async () => {
    const server = await LocalServer.start(() => {});
    const kek = new OpenBaoKek(configOf(server.url, { timeoutSeconds: 1 }), { TOKEN: token });
    const fault = await faultOf(() => kek.wrap(randomBytes(32), CONTEXT));
    expect([fault?.code, fault?.message]).toEqual([
      'vault/kek-unavailable',
      `\`${server.url}\` cannot be asked: no answer within 1000 ms`,
    ]);
    await server.stop();
    expect(await codeOf(() => kek.wrap(randomBytes(32), CONTEXT))).toBe('vault/kek-unavailable');
  });
});
