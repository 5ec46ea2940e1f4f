import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import type { Selector } from '../registration/index.ts';
import {
  type Entitlement,
  serveWorkloadApi,
  WorkloadApiConfig,
  type WorkloadApiServer,
} from './index.ts';
import { type WorkloadClient, workloadClient } from './testing/client.ts';
import { bundle, entitled, NOTHING, ORDERS, SELECTORS, svid, World } from './testing/world.ts';

const STREAMS = ['FetchX509SVID', 'FetchX509Bundles', 'FetchJWTBundles'];
const UNARY: [string, object][] = [
  ['FetchJWTSVID', { audience: ['payments'] }],
  ['ValidateJWTSVID', { audience: 'payments', svid: 'a.b.c' }],
];
const CODES = { invalid: 3, denied: 7, unavailable: 14, unimplemented: 12 };

let folder: string;
let world: World;
let server: WorkloadApiServer;
let client: WorkloadClient;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-workload-'));
  world = new World();
  server = await serveWorkloadApi(world, {
    path: join(folder, 'w.sock'),
    config: WorkloadApiConfig.parse({ waitSeconds: 1 }),
  });
  client = workloadClient(server.address);
});
afterEach(async () => {
  client.close();
  await server.close(0);
  rmSync(folder, { recursive: true, force: true });
});

/** Calls a method of either kind; its first answer. */
function first<Answer>(method: string, from: WorkloadClient = client): Promise<Answer> {
  const request = UNARY.find(([name]) => name === method)?.[1];
  return request ? from.call(method, request) : from.stream(method).next();
}

async function settled(): Promise<void> {
  while (server.calls.count > 0) await sleep(1);
}

describe('what verifies others', () => {
  const trust = { bundles: [bundle('example.org', 'root')], crls: [] };

  it('is told before the workload has an identity, where it is known', async () => {
    const because = 'the server is away';
    world.entitlement = { kind: 'starting', because, trust };
    expect(await first('FetchX509Bundles')).toMatchObject({ bundles: expect.anything() });
    expect(await first('FetchJWTBundles')).toMatchObject({ bundles: expect.anything() });
    expect(await first('ValidateJWTSVID')).toBeTypeOf('object');
    await expect(first('FetchX509SVID')).rejects.toMatchObject({
      code: CODES.unavailable,
      details: expect.stringContaining(because),
    });
  });

  it('is told again when it changes, also while there is no identity', async () => {
    world.entitlement = { kind: 'starting', because: 'the server is away', trust };
    const stream = client.stream('FetchX509Bundles');
    const before = await stream.next();
    const crls = [Buffer.from('a list')];
    world.change({ kind: 'starting', because: 'the server is away', trust: { ...trust, crls } });
    expect(await stream.next()).toMatchObject({ crl: crls });
    expect(before).toMatchObject({ crl: [] });
  });
});

describe('every method', () => {
  const methods = [...STREAMS, ...UNARY.map(([name]) => name)];

  it.each(methods)('%s answers at once', async (method) => {
    expect(await first(method)).toBeTypeOf('object');
  });

  it.each(methods.flatMap((method) => [null, 'false', 'TRUE'].map((header) => [method, header])))(
    '%s with the header %j is refused before anything is looked at',
    async (method, header) => {
      const other = workloadClient(server.address, header);
      await expect(first(method ?? '', other)).rejects.toMatchObject({
        code: CODES.invalid,
        details: expect.stringContaining('workload.spiffe.io'),
      });
      expect(world.attestations).toBe(0);
      other.close();
    },
  );

  it.each(methods)('%s of a workload that is not let in says why', async (method) => {
    const because = 'the process has ended';
    const code = 'identity/attestation-forbidden/ended';
    world.attestation = { kind: 'refused', code, because };
    await expect(first(method)).rejects.toMatchObject({ code: CODES.denied, details: because });
    expect(world.calls).toMatchObject([{ method, refusedFor: because, peer: { pid: 7 } }]);
  });

  it.each(methods)('%s while nobody can be attested is to be tried again', async (method) => {
    const code = 'identity/attestation-unavailable/late';
    world.attestation = { kind: 'refused', code, because: 'it took too long' };
    await expect(first(method)).rejects.toMatchObject({ code: CODES.unavailable });
  });

  it.each(methods)('%s while it starts is to be tried again', async (method) => {
    world.entitlement = { kind: 'starting', because: 'the server has not been reached' };
    world.jwt = () => ({ kind: 'starting', because: 'the server has not been reached' });
    await expect(first(method)).rejects.toMatchObject({
      code: CODES.unavailable,
      details: expect.stringContaining('the server has not been reached'),
    });
  });

  it.each(methods)('%s of who has no identity says what was seen', async (method) => {
    world.entitlement = { kind: 'none', why: NOTHING };
    world.jwt = () => ({ kind: 'none', why: NOTHING });
    const details =
      'No identity is issued: of 3 entries none matches. Seen: unix:gid:1000, unix:uid:1000';
    await expect(first(method)).rejects.toMatchObject({ code: CODES.denied, details });
    expect(world.calls).toMatchObject([{ method, selectors: SELECTORS, refusedFor: details }]);
    expect(world.watchers).toBe(0);
  });
});

describe('X.509-SVIDs', () => {
  it('come with keys, bundles of their own and of others, and what is revoked', async () => {
    world.entitlement = entitled('one', { svids: [svid('one', 'internal'), svid('two')] });
    expect(await client.stream('FetchX509SVID').next()).toEqual({
      svids: [
        {
          spiffe_id: ORDERS,
          x509_svid: Buffer.from('leaf one;issuer one;'),
          x509_svid_key: Buffer.from('key one'),
          bundle: Buffer.from('root A;root B;'),
          hint: 'internal',
        },
        expect.objectContaining({ x509_svid_key: Buffer.from('key two'), hint: '' }),
      ],
      crl: [Buffer.from('revoked')],
      federated_bundles: { 'spiffe://other.example': Buffer.from('foreign;') },
    });
    expect(world.watched).toEqual([SELECTORS]);
    expect(world.calls).toMatchObject([{ method: 'FetchX509SVID', spiffeIds: [ORDERS, ORDERS] }]);
  });

  it('have each hint once, and none of them is lost', async () => {
    world.entitlement = entitled('', {
      svids: [svid('one', 'db'), svid('two', 'db'), svid('three'), svid('four'), svid('five', 'x')],
    });
    const { svids } = await client
      .stream('FetchX509SVID')
      .next<{ svids: { hint: string; x509_svid_key: Buffer }[] }>();
    expect(svids.map(({ hint }) => hint)).toEqual(['db', '', '', '', 'x']);
    expect(svids.map((one) => String(one.x509_svid_key))[1]).toBe('key two');
  });
});

describe('bundles', () => {
  it('of X.509 are those of every trust domain', async () => {
    expect(await client.stream('FetchX509Bundles').next()).toEqual({
      crl: [Buffer.from('revoked')],
      bundles: {
        'spiffe://example.org': Buffer.from('root A;root B;'),
        'spiffe://other.example': Buffer.from('foreign;'),
      },
    });
  });

  it('of JWT hold the keys for JWT-SVIDs only', async () => {
    const { bundles } = await client
      .stream('FetchJWTBundles')
      .next<{ bundles: Record<string, Buffer> }>();
    expect(Object.keys(bundles)).toEqual(['spiffe://example.org', 'spiffe://other.example']);
    const jwks = JSON.parse(String(bundles['spiffe://example.org']));
    expect(jwks).toEqual({
      keys: [expect.objectContaining({ kty: 'EC', kid: 'key of example.org', use: 'jwt-svid' })],
    });
  });
});

describe('a stream', () => {
  it.each(STREAMS)('%s says everything anew after each change of it', async (method) => {
    const stream = client.stream(method);
    const before = await stream.next();
    world.change(
      entitled('two', { bundles: [bundle('example.org', 'root C;'), bundle('a', 'b')] }),
    );
    const after = await stream.next();
    expect(after).not.toEqual(before);
    expect(JSON.stringify(after)).toContain('spiffe://a');
  });

  it('says nothing where nothing of it has changed', async () => {
    const svids = client.stream('FetchX509SVID');
    const bundles = client.stream('FetchX509Bundles');
    await Promise.all([svids.next(), bundles.next()]);
    world.change(entitled('two'));
    world.change(entitled('two'));
    await svids.next();
    world.change(entitled('three', { crls: [] }));
    expect(await bundles.next()).toMatchObject({ crl: [] });
    expect(JSON.stringify(await svids.next())).toContain(inJson('key three'));
    expect([svids.waiting, bundles.waiting]).toEqual([0, 0]);
  });

  it('ends where the workload is entitled to nothing any more', async () => {
    const stream = client.stream('FetchX509SVID');
    await stream.next();
    world.change({ kind: 'none', why: NOTHING });
    await expect(stream.next()).rejects.toMatchObject({ code: CODES.denied });
    expect(world.watchers).toBe(0);
  });

  it('keeps what it said where nothing is known for a while', async () => {
    const stream = client.stream('FetchX509SVID');
    await stream.next();
    world.change({ kind: 'starting', because: 'the server is away' });
    // Another call and back, so that the stream has heard of it.
    await first('FetchJWTSVID');
    world.change(entitled('two'));
    expect(JSON.stringify(await stream.next())).toContain(inJson('key two'));
  });

  it('gives nothing new to a process that has become another', async () => {
    const stream = client.stream('FetchX509SVID');
    await stream.next();
    world.attestation = {
      kind: 'attested',
      selectors: ['unix:gid:1000', 'unix:uid:0'] as readonly Selector[],
      notes: [],
      facts: {},
    };
    world.change(entitled('two'));
    await expect(stream.next()).rejects.toMatchObject({ code: CODES.unavailable });
  });

  it('gives nothing new to a process that has ended', async () => {
    const stream = client.stream('FetchX509SVID');
    await stream.next();
    const code = 'identity/attestation-forbidden/ended';
    world.attestation = { kind: 'refused', code, because: 'the process has ended' };
    world.change(entitled('two'));
    await expect(stream.next()).rejects.toMatchObject({ code: CODES.denied });
  });

  it('whose first message takes too long is to be asked for again', async () => {
    let tellLate: (entitlement: Entitlement) => void = () => {};
    world.watch = (_, tell) => {
      tellLate = tell;
      return () => {};
    };
    await expect(client.stream('FetchX509SVID').next()).rejects.toMatchObject({
      code: CODES.unavailable,
      details: expect.stringContaining('not issued within 1 seconds'),
    });
    tellLate(entitled('late'));
    await settled();
  });

  it('is attested once for all streams of its connection that ask together', async () => {
    const streams = [client.stream('FetchX509SVID'), client.stream('FetchX509SVID')];
    await Promise.all(streams.map((stream) => stream.next()));
    const before = world.attestations;
    world.change(entitled('two'));
    await Promise.all(streams.map((stream) => stream.next()));
    expect(world.attestations).toBe(before + 1);
  });

  it('leaves nothing behind when its client goes away', async () => {
    const stream = client.stream('FetchX509SVID');
    await stream.next();
    expect(world.watchers).toBe(1);
    client.close();
    stream.raw.cancel();
    await settled();
    expect(world.watchers).toBe(0);
    while (world.peersReleased === 0) await sleep(1);
    expect(world.peersRead).toBe(1);
    expect(world.calls.filter(({ refusedFor }) => refusedFor)).toEqual([]);
  });

  it('ends when the server does, so that its client asks again', async () => {
    const stream = client.stream('FetchX509SVID');
    await stream.next();
    await server.close(1_000);
    await expect(stream.next()).rejects.toMatchObject({ code: CODES.unavailable });
    expect(world.watchers).toBe(0);
  });
});

describe('JWT-SVIDs', () => {
  it('are for the audience and the identity that are asked for', async () => {
    const request = { audience: ['payments', 'stock'], spiffe_id: `${ORDERS}/canary` };
    expect(await client.call('FetchJWTSVID', request)).toEqual({
      svids: [
        { spiffe_id: `${ORDERS}/canary`, svid: 'token for payments and stock', hint: 'internal' },
      ],
    });
    expect(world.calls).toMatchObject([{ spiffeIds: [`${ORDERS}/canary`], selectors: SELECTORS }]);
    expect(JSON.stringify(world.calls)).not.toContain('token for');
  });

  it.each([
    ['no audience', { audience: [] }, 'audience'],
    ['an empty audience', { audience: ['a', ''] }, 'audience'],
    ['a long audience', { audience: ['a'.repeat(1_025)] }, '1025 bytes'],
    ['many audiences', { audience: Array.from({ length: 17 }, String) }, 'more than 16'],
    ['an identity that is none', { audience: ['a'], spiffe_id: 'orders' }, 'not a SPIFFE ID'],
  ])('for %s are refused', async (_, request, why) => {
    await expect(client.call('FetchJWTSVID', request)).rejects.toMatchObject({
      code: CODES.invalid,
      details: expect.stringContaining(why),
    });
  });

  it('are validated with the bundles of who asks, and their claims told', async () => {
    const claims = {
      sub: ORDERS,
      aud: ['payments'],
      exp: 1_900_000_000,
      own: { deep: [1.5, null, true, 'x', {}], empty: '', zero: 0, no: false },
    };
    world.check = ({ token, audience, bundles }) => {
      expect([token, audience]).toEqual(['a.b.c', 'payments']);
      expect(bundles.map(({ trustDomain }) => trustDomain)).toEqual([
        'example.org',
        'other.example',
      ]);
      return { spiffeId: ORDERS, claims };
    };
    const answer = await client.call<{ spiffe_id: string; claims: StructMessage }>(
      'ValidateJWTSVID',
      { audience: 'payments', svid: 'a.b.c' },
    );
    expect(answer.spiffe_id).toBe(ORDERS);
    expect(fromStruct(answer.claims)).toEqual(claims);
    expect(world.watchers).toBe(0);
  });

  it.each([
    ['no audience', { audience: '', svid: 'a' }, 'audience'],
    ['no token', { audience: 'a', svid: '' }, 'svid'],
    ['a long token', { audience: 'a', svid: 'x'.repeat(16_385) }, '16385 bytes'],
  ])('cannot be validated with %s', async (_, request, why) => {
    await expect(client.call('ValidateJWTSVID', request)).rejects.toMatchObject({
      code: CODES.invalid,
      details: expect.stringContaining(why),
    });
  });

  it('that do not hold are refused with the reason', async () => {
    world.check = () => {
      throw new Fault('identity/jwt-invalid/expired', 'the token expired');
    };
    await expect(first('ValidateJWTSVID')).rejects.toMatchObject({
      code: CODES.invalid,
      details: 'the token expired',
    });
  });
});

/** Bytes as JSON has them. */
function inJson(text: string): string {
  return Buffer.from(text).toJSON().data.join();
}

interface StructMessage {
  readonly fields: Readonly<Record<string, ValueMessage>>;
}
interface ValueMessage {
  readonly kind: string;
  readonly [field: string]: unknown;
}

function fromStruct({ fields }: StructMessage): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, fromValue(value)]),
  );
}

/** Of the field that is set, as a reader of gRPC sees it. */
function fromValue(value: ValueMessage): unknown {
  const field = Object.keys(value).find((name) => name.endsWith('Value'));
  const content = value[field ?? ''];
  if (field === 'structValue') return fromStruct(content as StructMessage);
  if (field === 'listValue') return (content as { values: ValueMessage[] }).values.map(fromValue);
  return field === 'nullValue' ? null : content;
}
