import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AdmissionConfig, EXEMPT } from '../src/authorization/admission/index.ts';
import { TestDomain } from '../src/identity/federation/testing/domain.ts';
import { serveAdmission } from '../src/server/admission/serve.ts';
import type { SvidListener } from '../src/server/svid-https.ts';
import { TestAuthority } from './support/certificates.ts';

const TOKEN = 'a-token-that-only-tests-know';
const folder = mkdtempSync(join(tmpdir(), 'reeve-webhook-'));
const tokenFile = join(folder, 'token');
let authority: TestAuthority;
const open: SvidListener[] = [];
beforeAll(() => {
  writeFileSync(tokenFile, `${TOKEN}\n`);
  authority = new TestAuthority();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close(0)));
});
afterAll(() => {
  authority.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function serve(said: object = {}) {
  const refused: string[] = [];
  const asked: string[] = [];
  const endpoint = await serveAdmission({
    config: AdmissionConfig.parse({ port: 0, ...said }),
    svid: new TestDomain('example.org'),
    clusters: ['eu-1', 'us-1'],
    decide: async (cluster) => {
      asked.push(cluster);
      return EXEMPT;
    },
    onRefused: (code) => refused.push(code),
  });
  open.push(endpoint);
  return { ...endpoint, refused, asked };
}

const REVIEW = JSON.stringify({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: { uid: 'u1', operation: 'DELETE', kind: { group: '', version: 'v1', kind: 'Pod' } },
});

function ask(
  port: number,
  options: object = {},
  headers: object = {},
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: '127.0.0.1', port, path: '/validate/eu-1', method: 'POST', agent: false },
        ...{ rejectUnauthorized: false, ...options },
        headers: { 'content-type': 'application/json', ...headers },
      },
      (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      },
    );
    sent.on('error', reject);
    sent.end(REVIEW);
  });
}

describe('the endpoint of the webhook', () => {
  it('answers for the cluster that is named, and for none where several are followed', async () => {
    const { port, asked, refused } = await serve();
    expect(await ask(port, { path: '/validate/us-1?timeout=5s' })).toBe(200);
    expect(await ask(port, { path: '/validate' })).toBe(404);
    expect([asked, refused]).toEqual([['us-1'], ['admission/not-found']]);
  });

  it('takes a token, and nothing that only resembles it', async () => {
    const { port, refused } = await serve({ tokenFile });
    expect(await ask(port, {}, { authorization: `Bearer ${TOKEN}` })).toBe(200);
    for (const authorization of ['', TOKEN, `Bearer ${TOKEN}x`, `bearer ${TOKEN}`]) {
      expect(await ask(port, {}, { authorization })).toBe(401);
    }
    expect(await ask(port)).toBe(401);
    expect(refused).toHaveLength(5);
  });

  it('takes a client certificate of the authority that is named, and of no other', async () => {
    const { port } = await serve({ clientAuthorityFile: authority.root.certFile });
    const { cert, key } = authority.issue('api-server', ['DNS:api.example.org']);
    expect(await ask(port, { cert, key })).toBe(200);
    expect(await ask(port)).toBe(401);
    const other = new TestAuthority();
    const foreign = other.issue('api-server', ['DNS:api.example.org']);
    expect(await ask(port, { cert: foreign.cert, key: foreign.key })).toBe(401);
    other.remove();
  });

  it.each([
    ['a token that is too short', 'short', 'at least 16 characters'],
    ['a token without an end', 'x'.repeat(300_000), 'more than 262144 bytes'],
  ])('does not start with %s', async (_, text, message) => {
    const path = join(folder, 'odd');
    writeFileSync(path, text);
    await expect(serve({ tokenFile: path })).rejects.toThrow(message);
  });

  it('does not start with files that are not there, or hold no certificate', async () => {
    await expect(serve({ tokenFile: join(folder, 'none') })).rejects.toMatchObject({
      code: 'admission/file-not-found',
    });
    await expect(serve({ clientAuthorityFile: tokenFile })).rejects.toThrow('no certificate');
  });

  it('ends connections that say nothing for longer than an API server waits', async () => {
    const { port } = await serve({ timeoutSeconds: 1 });
    const slow = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    const said = await new Promise<string>((resolve) => {
      let text = '';
      slow.on('data', (part) => {
        text += String(part);
      });
      slow.on('error', () => {}).once('close', () => resolve(text));
      slow.write('POST /validate/eu-1 HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n');
      slow.write('content-length: 1000\r\n\r\n{');
    });
    expect(said).toMatch(/^(HTTP\/1\.1 408|$)/);
  });

  it('says when it cannot listen', async () => {
    const { port } = await serve();
    await expect(serve({ port })).rejects.toMatchObject({
      code: 'server/port-unavailable',
      hint: expect.stringContaining('admission.port'),
    });
  });
});
