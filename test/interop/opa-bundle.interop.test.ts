import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BundleFeed,
  type BundleSigner,
  packBundle,
} from '../../src/authorization/enforcement/opa/index.ts';
import { opa, type RunningOpa, startOpa } from './support/opa.ts';
import { isMissing } from './support/tools.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signer: BundleSigner = {
  keyId: 'reeve',
  sign: (input) => sign('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
};

/** A policy that says nothing but which one it is. */
const filesOf = (data: unknown) => [
  { path: '.manifest', text: JSON.stringify({ revision: 'r', roots: ['reeve'] }) },
  { path: 'data.json', text: JSON.stringify({ reeve: { policy: data } }) },
  { path: 'reeve/authz.rego', text: 'package reeve.authz\n\nwhich := data.reeve.policy\n' },
];
const bundleOf = (data: unknown) => packBundle(filesOf(data), signer);

/** Serves a feed as it is served by Reeve. */
function serve(feed: BundleFeed, change: (bytes: Buffer) => Buffer = (bytes) => bytes) {
  const statuses: number[] = [];
  const server = http.createServer(async (request, response) => {
    const asked = {
      ifNoneMatch: request.headers['if-none-match'],
      prefer: request.headers.prefer as string | undefined,
    };
    const answer = await feed.answer(asked, (leave) => response.once('close', leave));
    statuses.push(answer.status);
    response.writeHead(answer.status, answer.headers).end(answer.body && change(answer.body));
  });
  return { server, statuses };
}

const listening = (server: http.Server): Promise<string> =>
  new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    ),
  );

async function eventually<Value>(get: () => Promise<Value>, is: (value: Value) => boolean) {
  const end = performance.now() + 20_000;
  for (;;) {
    const value = await get();
    if (is(value) || performance.now() > end) return value;
    await sleep(20);
  }
}

describe.skipIf(isMissing('OPA', opa))('the Open Policy Agent loads a bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-opa-bundle-'));
  const feed = new BundleFeed();
  const good = serve(feed);
  let agent: RunningOpa;

  function configurationFor(url: string, key: string): string {
    const file = join(folder, `${key}.json`);
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const polling = {
      min_delay_seconds: 1,
      max_delay_seconds: 1,
      long_polling_timeout_seconds: 10,
    };
    const configuration = {
      services: { reeve: { url } },
      keys: { reeve: { algorithm: 'ES256', key: pem } },
      bundles: {
        reeve: { service: 'reeve', resource: 'bundle', polling, signing: { keyid: 'reeve' } },
      },
    };
    writeFileSync(file, JSON.stringify(configuration));
    return file;
  }

  beforeAll(async () => {
    feed.publish(await bundleOf({ which: 'first', odd: ['<&>', '\u2028', 'ä', '\u{1f600}'] }));
    agent = await startOpa(['-c', configurationFor(await listening(good.server), 'good')]);
  });
  afterAll(async () => {
    await agent?.stop();
    feed.close();
    good.server.close();
    good.server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  it('with its signature verified', async () => {
    const which = await eventually(() => agent.ask('reeve/authz/which'), Boolean);
    expect(which).toEqual({ which: 'first', odd: ['<&>', '\u2028', 'ä', '\u{1f600}'] });
  });

  it('and waits for the next, which it has at once', async () => {
    await eventually(
      async () => feed.waiting,
      (waiting) => waiting === 1,
    );
    const before = good.statuses.length;
    feed.publish(await bundleOf({ which: 'second' }));
    const which = await eventually(
      () => agent.ask('reeve/authz/which/which'),
      (value) => value === 'second',
    );
    expect(which).toBe('second');
    // Its poll did not have to end first.
    expect(good.statuses.slice(before)).toEqual([200]);
  });

  it.each<readonly [string, (bytes: Buffer) => Buffer, string]>([
    [
      'of which data were changed',
      (bytes) => gzipSync(swap(gunzipSync(bytes), '"second"', '"twoish"')),
      'data.json: digest mismatch',
    ],
    [
      'of which the policy was changed',
      (bytes) => gzipSync(swap(gunzipSync(bytes), 'data.reeve.policy', 'data.reeve.bypass')),
      'digest mismatch',
    ],
  ])('but none %s', async (name, change, problem) => {
    const bad = serve(feed, change);
    const file = configurationFor(await listening(bad.server), `bad-${name.length}`);
    const misled = await startOpa(['-c', file]);
    try {
      await eventually(
        async () => misled.log(),
        (log) => log.includes(problem),
      );
      expect(misled.log()).toContain(problem);
      expect(await misled.ask('reeve/authz/which')).toBeUndefined();
    } finally {
      await misled.stop();
      bad.server.close();
      bad.server.closeAllConnections();
    }
  });
});

function swap(archive: Buffer, from: string, to: string): Buffer {
  const text = archive.toString('latin1');
  expect(text).toContain(from);
  return Buffer.from(text.replace(from, to), 'latin1');
}
