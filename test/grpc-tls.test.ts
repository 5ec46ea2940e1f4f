import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../src/base/fault.ts';
import { createGrpcServer, type GrpcRefusal, type GrpcServer } from '../src/base/grpc/index.ts';
import { framed, RawClient } from '../src/base/grpc/testing/client.ts';
import { TestAuthority } from './support/certificates.ts';

const ECHO = '/test.Words/Echo';
const HELLO = Buffer.from('hello');
const SPIFFE_ID = 'URI:spiffe://example.org/ns/shop/sa/web';

let authority: TestAuthority;
beforeAll(() => {
  authority = new TestAuthority();
});
afterAll(() => authority.remove());

let grpc: GrpcServer;
let port: number;
let refused: GrpcRefusal[];
beforeEach(() => start(0.3));
afterEach(() => grpc.close(0));

async function start(answerSeconds: number): Promise<void> {
  const { cert, key } = authority.issue('server', ['IP:127.0.0.1', 'DNS:localhost']);
  refused = [];
  grpc = createGrpcServer({
    onRefused: (reason) => refused.push(reason),
    tls: { cert, key, ca: authority.root.cert },
    limits: { answerSeconds },
    services: [
      {
        name: 'test.Words',
        methods: { Echo: { kind: 'unary', handle: async (message) => Buffer.from(message) } },
      },
    ],
    admit: ({ socket, headers }) => {
      const tls = socket as TLSSocket;
      if (tls.authorized || headers.authorization === 'Bearer of the test') return;
      throw new Fault('test/unauthenticated', 'Neither a certificate nor a token');
    },
  });
  grpc.server.listen(0, '127.0.0.1');
  await once(grpc.server, 'listening');
  ({ port } = grpc.server.address() as AddressInfo);
}

async function call(options: object, headers: Readonly<Record<string, string>> = {}) {
  const client = new RawClient(`https://localhost:${port}`, {
    ca: authority.root.cert,
    ...options,
  });
  try {
    return await client.call(ECHO, HELLO, headers);
  } finally {
    client.close();
  }
}

/** Connects and says nothing, until it is hung up on. */
function silent(): Promise<void> {
  const socket = connectTcp(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** The common name that a server shows who asks for it by this name. */
async function shown(servername?: string): Promise<string | undefined> {
  const socket = connect({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ALPNProtocols: ['h2'],
    ...(servername !== undefined && { servername }),
  });
  await once(socket, 'secureConnect');
  const { CN: name } = socket.getPeerCertificate().subject;
  socket.destroy();
  return Array.isArray(name) ? name[0] : name;
}

describe('certificates of a server', () => {
  it('can be swapped, for connections from then on', async () => {
    const { cert, key } = authority.issue('web', [SPIFFE_ID]);
    const client = new RawClient(`https://localhost:${port}`, {
      ca: authority.root.cert,
      cert,
      key,
    });
    expect((await client.call(ECHO, HELLO)).code).toBe(0);
    expect(await shown()).toBe('server');
    grpc.setTls({ ...authority.issue('another', ['DNS:localhost']), ca: authority.root.cert });
    expect(await shown()).toBe('another');
    expect((await client.call(ECHO, HELLO)).code).toBe(0);
    client.close();
    expect(await call({ cert, key })).toMatchObject({ code: 0 });
  });

  it('can be others for those who ask for another name', async () => {
    await grpc.close(0);
    const own = authority.issue('own', ['DNS:localhost']);
    const other = authority.issue('other', ['DNS:other.example']);
    grpc = createGrpcServer({
      services: [],
      tls: {
        ...own,
        asksForCertificate: true,
        shownTo: (name) => {
          if (name === 'broken.example') throw new Fault('test/internal', 'it cannot be told');
          return name === 'other.example' ? other : undefined;
        },
      },
      onRefused: (reason) => refused.push(reason),
    });
    grpc.server.listen(0, '127.0.0.1');
    await once(grpc.server, 'listening');
    ({ port } = grpc.server.address() as AddressInfo);
    expect(await shown()).toBe('own');
    expect(await shown('localhost')).toBe('own');
    expect(await shown('other.example')).toBe('other');
    await expect(shown('broken.example')).rejects.toThrow();
    expect(await shown()).toBe('own');
  });

  it('cannot be swapped where there is no TLS', () => {
    const plain = createGrpcServer({ services: [] });
    expect(() => plain.setTls({ cert: '', key: '' })).toThrow(RangeError);
  });
});

describe('gRPC over TLS', () => {
  it('is agreed on, and shows the certificate of the caller to whoever admits', async () => {
    const { cert, key } = authority.issue('web', [SPIFFE_ID]);
    expect((await call({ cert, key })).bytes).toEqual(framed(HELLO));
  });

  it('refuses in the protocol who shows nothing that is admitted', async () => {
    expect(await call({})).toMatchObject({ httpStatus: 200, code: 16 });
    expect(await call({}, { authorization: 'Bearer of the test' })).toMatchObject({ code: 0 });
  });

  it('does not believe certificates of others', async () => {
    const others = new TestAuthority();
    try {
      const { cert, key } = others.issue('web', [SPIFFE_ID]);
      expect(await call({ cert, key })).toMatchObject({ code: 16 });
    } finally {
      others.remove();
    }
  });

  it('is refused to old versions, and to who does not speak HTTP/2', async () => {
    for (const options of [{ maxVersion: 'TLSv1.1' as const }, { ALPNProtocols: ['http/1.1'] }]) {
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
      socket.on('error', () => {});
      socket.resume();
      await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    }
    expect(await call({}, { authorization: 'Bearer of the test' })).toMatchObject({ code: 0 });
  });

  it('is hung up on where the handshake does not come', async () => {
    await silent();
    expect(grpc.connections.count).toBe(0);
    expect(refused).toEqual(['no handshake']);
  });

  it('ends with the server, handshake or not', async () => {
    await grpc.close(0);
    await start(600);
    const closed = silent();
    await call({});
    await grpc.close(0);
    await closed;
  });
});
