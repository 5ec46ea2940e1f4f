import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { KvPlace } from '../model/index.ts';
import { TargetFault } from '../rotation/rotator.ts';
import { failureOf } from '../rotators/testing/step.ts';
import { LocalServer } from '../vault/testing/holder.ts';
import { type KvPath, withKv } from './index.ts';

type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void;
const token = randomUUID();
const saying =
  (status: number, body: unknown): Answer =>
  (_, __, response) =>
    response
      .writeHead(status, { location: 'http://127.0.0.1:1/' })
      .end(typeof body === 'string' ? body : JSON.stringify(body));

describe('a KV engine', () => {
  let server: LocalServer | undefined;
  afterEach(() => server?.stop());

  async function asking<T>(answer: Answer, use: (path: KvPath) => Promise<T>, more = {}) {
    server = await LocalServer.start(answer);
    const place = KvPlace.parse({ url: server.url, path: 'shop/db', ...more });
    const { signal } = new AbortController();
    return withKv({ place, admin: { token }, signal }, use);
  }
  const look = (path: KvPath) => path.metadata();

  it.each<[string, number, unknown, string]>([
    ['is sealed', 503, { errors: ['Vault is sealed'] }, 'unreachable: .*sealed'],
    ['has too much to do', 429, '', 'unreachable: .*too much'],
    ['is a standby', 473, {}, 'unreachable: .*standby'],
    ['breaks', 500, '<html>', 'unreachable: .*not well \\(status 500\\)'],
    ['sends us elsewhere', 307, '', 'unreachable: .*status 307'],
    ['does not let us in', 403, { errors: ['permission denied'] }, 'denied: '],
    ['is not mounted', 404, { errors: ['no handler'] }, 'changed: .*nothing of that name'],
    ['knows no such request', 405, {}, 'invalid: '],
    ['says too much', 200, 'a'.repeat(1_048_577), 'unreachable: .*more than 1048576 bytes'],
  ])('that %s is told', async (_, status, body, message) => {
    const failure = await failureOf(asking(saying(status, body), look));
    expect(failure).toMatch(new RegExp(`^${message}`));
    expect(failure).not.toContain(token);
  });

  it('that says what we sent it is not quoted', async () => {
    const value = randomUUID();
    const echo: Answer = (_, body, response) =>
      response.writeHead(400).end(JSON.stringify({ errors: [body] }));
    const failure = await failureOf(asking(echo, (path) => path.write({ value }, 0)));
    expect(failure).toMatch(/^invalid: Writing secret\/shop\/db at .* \(status 400\)$/);
    expect(failure).not.toContain(value);
  });

  it('that does not answer, or is not there, is told', async () => {
    const silent = asking(() => {}, look, { requestSeconds: 1 });
    expect(await failureOf(silent)).toMatch(/^unreachable: .*no answer within 1 s$/);
    const { url = '' } = server ?? {};
    await server?.stop();
    server = undefined;
    const place = KvPlace.parse({ url, path: 'a' });
    const { signal } = new AbortController();
    const gone = withKv({ place, admin: { token }, signal }, look);
    expect(await failureOf(gone)).toMatch(/^unreachable: .*ECONNREFUSED$/);
  });

  it('is asked in its namespace, with the token, and by nobody whose time is over', async () => {
    const seen: (string | undefined)[] = [];
    const answer: Answer = ({ headers, url }, _, response) => {
      seen.push(`${url} ${headers['x-vault-namespace']} ${headers['x-vault-token'] === token}`);
      response.writeHead(404).end('{"errors":[]}');
    };
    const namespace = 'platform/eu';
    expect(await asking(answer, look, { namespace })).toMatchObject({ current: 0, versions: [] });
    expect(seen).toContain('/v1/secret/metadata/shop/db platform/eu true');
    const place = KvPlace.parse({ url: server?.url, path: 'a' });
    const signal = AbortSignal.abort();
    const late = withKv({ place, admin: { token }, signal }, look);
    expect(await failureOf(late)).toMatch(/^unreachable: /);
  });

  it('may answer anything', async () => {
    let said: unknown;
    const answer: Answer = (_, __, response) =>
      response.writeHead(200).end(JSON.stringify({ data: said, auth: said }) ?? '');
    await asking(answer, async (path) => {
      await fc.assert(
        fc.asyncProperty(fc.jsonValue(), async (value) => {
          said = value;
          for (const ask of [() => path.metadata(), () => path.read(1)]) {
            const outcome = await ask().catch((thrown: unknown) => thrown);
            expect(outcome instanceof Error).toBe(outcome instanceof TargetFault);
          }
        }),
        { numRuns: 25 },
      );
    });
  });
});
