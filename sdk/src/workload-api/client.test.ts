import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../src/base/fault.ts';
import { bytesField, messageField, textField } from '../../../src/base/protobuf/index.ts';
import {
  serveWorkloadApi,
  WorkloadApiConfig,
  type WorkloadApiServer,
} from '../../../src/identity/workload-api/index.ts';
import { entitled, ORDERS, World } from '../../../src/identity/workload-api/testing/world.ts';
import { ReeveError } from '../error.ts';
import { workloadAddress } from './address.ts';
import { backoffMs } from './backoff.ts';
import { WorkloadApiClient } from './client.ts';
import {
  readJwtBundlesResponse,
  readJwtSvidResponse,
  readValidateJwtSvidResponse,
  readX509BundlesResponse,
  readX509SvidResponse,
} from './messages.ts';

const code = (expected: string) => expect.objectContaining({ name: 'Fault', code: expected });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-sdk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the address of a Workload API', () => {
  it.each([
    ['unix:///run/reeve.sock', { kind: 'unix', path: '/run/reeve.sock' }],
    ['unix:/run/reeve.sock', { kind: 'unix', path: '/run/reeve.sock' }],
    ['tcp://127.0.0.1:8000', { kind: 'tcp', host: '127.0.0.1', port: 8_000 }],
    ['tcp://[::1]:8000', { kind: 'tcp', host: '::1', port: 8_000 }],
  ])('%s is read, also from the environment', (text, expected) => {
    expect(workloadAddress(text, {})).toEqual(expected);
    expect(workloadAddress(undefined, { SPIFFE_ENDPOINT_SOCKET: text })).toEqual(expected);
  });

  it.each([
    'unix://relative',
    'unix:relative',
    'unix:///',
    'unix:///x?y',
    'tcp://localhost:8000',
    'tcp://127.0.0.1',
    'tcp://127.0.0.1:0',
    'tcp://127.0.0.1:70000',
    'tcp://127.0.0.1:8000/path',
    'tcp://user@127.0.0.1:8000',
    'http://127.0.0.1:8000',
    '/run/reeve.sock',
  ])('%s is refused', (text) => {
    expect(() => workloadAddress(text, {})).toThrow(code('workload-api/address-malformed'));
  });

  it('is missed where nobody says it', () => {
    expect(() => workloadAddress(undefined, {})).toThrow(code('workload-api/address-missing'));
  });
});

describe('a client of the Workload API', () => {
  let world: World;
  let server: WorkloadApiServer;
  let client: WorkloadApiClient;
  beforeEach(async () => {
    world = new World();
    const config = WorkloadApiConfig.parse({ waitSeconds: 1 });
    server = await serveWorkloadApi(world, { path: join(folder, 'w.sock'), config });
    client = new WorkloadApiClient({ address: server.address });
  });
  afterEach(async () => {
    client.close();
    await server.close(0);
  });

  it('fetches X.509-SVIDs, with bundles by trust domain and revoked ones', async () => {
    expect(await client.fetchX509Svid()).toEqual({
      svids: [
        {
          spiffeId: ORDERS,
          chain: Buffer.from('leaf one;issuer one;'),
          privateKey: Buffer.from('key one'),
          bundle: Buffer.from('root A;root B;'),
          hint: '',
        },
      ],
      crls: [Buffer.from('revoked')],
      federated: new Map([['other.example', Buffer.from('foreign;')]]),
    });
  });

  it('fetches bundles of both kinds', async () => {
    const { bundles, crls } = await client.fetchX509Bundles();
    expect(bundles.get('example.org')).toEqual(Buffer.from('root A;root B;'));
    expect(crls).toEqual([Buffer.from('revoked')]);
    const jwt = await client.fetchJwtBundles();
    expect([...jwt.keys()]).toEqual(['example.org', 'other.example']);
    expect(JSON.parse(jwt.get('example.org') ?? '')).toMatchObject({ keys: [{ kty: 'EC' }] });
  });

  it('fetches JWT-SVIDs, and has them validated', async () => {
    const svids = await client.fetchJwtSvids(['a', 'b'], `${ORDERS}-2`);
    expect(svids).toEqual([
      { spiffeId: `${ORDERS}-2`, token: 'token for a and b', hint: 'internal' },
    ]);
    const claims = {
      aud: ['a', 'b'],
      exp: 1_700_000_000.5,
      admin: false,
      none: null,
      deep: { list: [{ x: 'ü' }, []] },
    };
    world.check = ({ token, audience }) => ({
      spiffeId: ORDERS,
      claims: { ...claims, token, audience },
    });
    expect(await client.validateJwtSvid('a', 'x.y.z')).toEqual({
      spiffeId: ORDERS,
      claims: { ...claims, token: 'x.y.z', audience: 'a' },
    });
    world.check = () => {
      throw new Fault('identity/jwt-invalid/expired', 'the token expired');
    };
    await expect(client.validateJwtSvid('a', 'x.y.z')).rejects.toThrow(
      expect.objectContaining({
        code: 'workload-api/invalid-argument',
        message: expect.stringContaining('the token expired'),
      }),
    );
  });

  it('follows changes', async () => {
    const seen: string[] = [];
    const stop = new AbortController();
    const watching = client.watchX509Svids(
      {
        onMessage: ({ svids: [svid] }) => {
          seen.push(String(svid?.privateKey));
          if (seen.length === 1) world.change(entitled('two'));
          else stop.abort(new Error('enough'));
        },
      },
      stop.signal,
    );
    await expect(watching).rejects.toThrow('enough');
    expect(seen).toEqual(['key one', 'key two']);
  });

  it('gives up when it is told to, whatever it waits for', async () => {
    world.attest = () => new Promise(() => {});
    const waiting = client.fetchX509Svid(AbortSignal.timeout(20));
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
    const closed = client.fetchX509Svid();
    client.close();
    await expect(closed).rejects.toThrow(code('workload-api/closed'));
    await expect(client.fetchX509Svid()).rejects.toThrow(code('workload-api/closed'));
  });
});

const frame = (message: Buffer, flag = 0) => {
  const head = Buffer.from([flag, 0, 0, 0, 0]);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
};
const TYPE = { ':status': 200, 'content-type': 'application/grpc' };
const status = (stream: ServerHttp2Stream, trailers: Record<string, string>) => {
  stream.respond({ ...TYPE, ...trailers }, { endStream: true });
};

describe('a client of something odd', () => {
  let server: Http2Server;
  let client: WorkloadApiClient;
  let answer: (stream: ServerHttp2Stream) => void;
  let calls: number;
  beforeEach(async () => {
    calls = 0;
    server = createServer();
    server.on('sessionError', () => {});
    server.on('stream', (stream: ServerHttp2Stream) => {
      calls++;
      stream.on('error', () => {});
      answer(stream);
    });
    server.listen(join(folder, 'odd.sock'));
    await once(server, 'listening');
    const limits = { maxMessageBytes: 1_000, connectMs: 200, pingMs: 100 };
    const address = `unix://${join(folder, 'odd.sock')}`;
    client = new WorkloadApiClient({ address, limits, callMs: 300 });
  });
  afterEach(() => {
    client.close();
    server.close();
  });

  const rows: [string, string, (stream: ServerHttp2Stream) => void][] = [
    [
      'that answers with HTTP alone',
      'workload-api/unimplemented',
      (stream) => stream.respond({ ':status': 404 }, { endStream: true }),
    ],
    [
      'that fails behind a proxy',
      'workload-api/unavailable',
      (stream) => stream.respond({ ':status': 503 }, { endStream: true }),
    ],
    [
      'that ends without a status',
      'workload-api/unavailable',
      (stream) => stream.respond(TYPE, { endStream: true }),
    ],
    ['that resets the stream', 'workload-api/unavailable', (stream) => stream.close(2)],
    [
      'that ends well without an answer',
      'workload-api/unavailable',
      (stream) => status(stream, { 'grpc-status': '0' }),
    ],
    [
      'with a status that there is not',
      'workload-api/unknown',
      (stream) => status(stream, { 'grpc-status': '99' }),
    ],
    [
      'that sends more than is allowed',
      'workload-api/message-too-large',
      (stream) => {
        stream.respond(TYPE);
        stream.write(frame(Buffer.alloc(1_001)).subarray(0, 5));
      },
    ],
    [
      'that compresses what nobody asked it to',
      'workload-api/malformed',
      (stream) => {
        stream.respond(TYPE);
        stream.write(frame(Buffer.alloc(1), 1));
      },
    ],
    [
      'that cuts a message short',
      'workload-api/malformed',
      (stream) => {
        stream.respond(TYPE);
        stream.end(frame(Buffer.alloc(10)).subarray(0, 9));
      },
    ],
    ['that says nothing', 'workload-api/deadline-exceeded', (stream) => stream.respond(TYPE)],
    [
      'that sends what is no message',
      'workload-api/malformed',
      (stream) => {
        stream.respond(TYPE);
        stream.end(frame(Buffer.from([0xff])));
      },
    ],
  ];
  it.each(rows)('%s fails', async (_, expected, how) => {
    answer = how;
    await expect(client.fetchX509Svid()).rejects.toThrow(code(expected));
  });

  it.each([
    ['3', 'workload-api/invalid-argument'],
    ['12', 'workload-api/unimplemented'],
  ])('status %s is final', async (given, expected) => {
    answer = (stream) => status(stream, { 'grpc-status': given, 'grpc-message': 'no%20way' });
    const watching = client.watchX509Svids({ onMessage: () => {} });
    await expect(watching).rejects.toMatchObject({
      code: expected,
      message: expect.stringContaining('no way'),
    });
    expect(calls).toBe(1);
  });

  it.each([
    ['7', 'workload-api/permission-denied'],
    ['14', 'workload-api/unavailable'],
    ['8', 'workload-api/resource-exhausted'],
  ])('status %s is not', async (given, expected) => {
    const message = messageField(1, textField(1, ORDERS));
    answer = (stream) => {
      if (calls <= 2) return status(stream, { 'grpc-status': given });
      stream.respond(TYPE);
      stream.write(frame(message));
    };
    const retries: unknown[] = [];
    const stop = new AbortController();
    const watching = client.watchX509Svids(
      { onMessage: () => stop.abort(), onRetry: (error) => retries.push(error) },
      stop.signal,
    );
    await expect(watching).rejects.toMatchObject({ name: 'AbortError' });
    expect(retries).toEqual([code(expected), code(expected)]);
  });

  it('reads messages however they are cut', async () => {
    const message = Buffer.concat([
      bytesField(2, Buffer.from('a')),
      bytesField(2, Buffer.from('b')),
    ]);
    const bytes = Buffer.concat([frame(message), frame(message)]);
    answer = async (stream) => {
      stream.respond(TYPE);
      for (const byte of bytes) {
        stream.write(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const stop = new AbortController();
    let seen = 0;
    const onMessage = ({ crls }: { crls: readonly Buffer[] }) => {
      expect(crls.join('')).toBe('ab');
      if (++seen === 2) stop.abort();
    };
    await expect(client.watchX509Svids({ onMessage }, stop.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(seen).toBe(2);
  });

  it('takes an agent that no longer answers for lost', async () => {
    const { createServer: createRaw } = await import('node:net');
    const mute = createRaw((socket) => socket.on('error', () => {}));
    mute.listen(join(folder, 'mute.sock'));
    await once(mute, 'listening');
    const address = `unix://${join(folder, 'mute.sock')}`;
    const caller = new WorkloadApiClient({ address, limits: { connectMs: 50 } });
    await expect(caller.fetchX509Svid()).rejects.toThrow(code('workload-api/unavailable'));
    caller.close();
    mute.close();
  });
});

describe('waiting before another try', () => {
  it('takes longer each time, never too long, and by chance', () => {
    const most = Array.from({ length: 20 }, (_, failures) => backoffMs(failures, () => 1));
    const least = Array.from({ length: 20 }, (_, failures) => backoffMs(failures, () => 0));
    expect(most.slice(0, 4)).toEqual([100, 200, 400, 800]);
    expect(Math.max(...most)).toBe(5_000);
    expect(least).toEqual(most.map((milliseconds) => milliseconds / 2));
  });
});

describe('a message of any bytes', () => {
  it.each<[string, (message: Buffer) => unknown]>([
    ['X.509-SVIDs', readX509SvidResponse],
    ['X.509 bundles', readX509BundlesResponse],
    ['JWT-SVIDs', readJwtSvidResponse],
    ['JWT bundles', readJwtBundlesResponse],
    ['a validated JWT-SVID', readValidateJwtSvidResponse],
  ])('is read as %s, or refused with a ReeveError', (_, read) => {
    const nested = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.uint8Array({ maxLength: 40 }))
      .map(([number, bytes]) => bytesField(number, Buffer.from(bytes)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), nested), (bytes) => {
        try {
          read(Buffer.from(bytes));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ReeveError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is refused where it is too deep', () => {
    let value = Buffer.alloc(0);
    for (let depth = 0; depth < 200; depth++) value = bytesField(6, bytesField(1, value)) as never;
    const claims = bytesField(1, Buffer.concat([textField(1, 'x'), bytesField(2, value)]));
    expect(() => readValidateJwtSvidResponse(bytesField(2, claims))).toThrow(
      code('workload-api/malformed'),
    );
  });
});
