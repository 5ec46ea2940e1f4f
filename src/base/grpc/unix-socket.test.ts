import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGrpcServer, type GrpcServer, perConnection } from './index.ts';
import { framed, RawCall } from './testing/client.ts';
import { listenOnUnixSocket, MAX_SOCKET_PATH_BYTES } from './unix-socket.ts';

let folder: string;
let path: string;
const open: GrpcServer[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-socket-'));
  path = join(folder, 'workload.sock');
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((grpc) => grpc.close(0)));
  rmSync(folder, { recursive: true, force: true });
});

function start(options: Partial<Parameters<typeof createGrpcServer>[0]> = {}): GrpcServer {
  const grpc = createGrpcServer({ services: [], ...options });
  open.push(grpc);
  return grpc;
}

/** The status of a call of health; undefined where nobody answers. */
function check(at: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const session = connectHttp2('http://localhost', { createConnection: () => connect(at) });
    session.on('error', () => resolve(undefined));
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    new RawCall(stream).end(framed(Buffer.alloc(0))).then(({ code }) => {
      session.destroy();
      resolve(code);
    });
  });
}

describe('a Unix socket', () => {
  it.each([0o666, 0o600])(
    'is called at its path, by those whom its mode %i lets in',
    async (mode) => {
      const grpc = start();
      await listenOnUnixSocket(grpc.server, { path, mode });
      expect(await check(path)).toBe(0);
      expect(statSync(path).mode & 0o777).toBe(mode);
      await grpc.close(0);
      expect(existsSync(path)).toBe(false);
    },
  );

  it('has its folder made', async () => {
    const deeper = join(folder, 'run', 'reeve', 'w.sock');
    await listenOnUnixSocket(start().server, { path: deeper, mode: 0o600 });
    expect(await check(deeper)).toBe(0);
  });

  it('takes the place of one that a dead server left', async () => {
    const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', program]);
    expect(lstatSync(path).isSocket()).toBe(true);
    await listenOnUnixSocket(start().server, { path, mode: 0o600 });
    expect(await check(path)).toBe(0);
  });

  it('does not take the place of one that is answered', async () => {
    await listenOnUnixSocket(start().server, { path, mode: 0o600 });
    await expect(listenOnUnixSocket(start().server, { path, mode: 0o600 })).rejects.toMatchObject({
      code: 'grpc/socket-conflict',
      message: expect.stringContaining('Another server listens on'),
    });
    expect(await check(path)).toBe(0);
  });

  it('does not take the place of what is no socket', async () => {
    writeFileSync(path, 'kept');
    await expect(listenOnUnixSocket(start().server, { path, mode: 0o600 })).rejects.toMatchObject({
      code: 'grpc/socket-conflict',
      message: expect.stringContaining('is no socket'),
    });
    expect(statSync(path).size).toBe(4);
  });

  it('whose path is as long as it may be is called, and longer ones are refused with both lengths', async () => {
    const longest = join(folder, 'x'.repeat(MAX_SOCKET_PATH_BYTES - folder.length - 1));
    expect(Buffer.byteLength(longest)).toBe(MAX_SOCKET_PATH_BYTES);
    await listenOnUnixSocket(start().server, { path: longest, mode: 0o600 });
    expect(await check(longest)).toBe(0);
    const refused = listenOnUnixSocket(start().server, { path: `${longest}y`, mode: 0o600 });
    await expect(refused).rejects.toMatchObject({
      code: 'grpc/socket-path-invalid',
      message: expect.stringMatching(
        / has \d+ bytes: a Unix socket's address has 10[48], which leaves \d\d for the path$/,
      ),
      hint: expect.stringContaining('shorter'),
    });
  });

  it('of a relative path is refused', async () => {
    const refused = listenOnUnixSocket(start().server, { path: 'w.sock', mode: 0o600 });
    await expect(refused).rejects.toMatchObject({ code: 'grpc/socket-path-invalid' });
  });

  it('in a folder that cannot be made is refused with the reason', async () => {
    writeFileSync(join(folder, 'file'), '');
    const inside = join(folder, 'file', 'w.sock');
    const refused = listenOnUnixSocket(start().server, { path: inside, mode: 0o600 });
    await expect(refused).rejects.toMatchObject({
      code: 'grpc/socket-unavailable',
      message: expect.stringContaining('ENOTDIR'),
    });
  });

  it('is left alone at the end where another server has taken it', async () => {
    const grpc = start();
    await listenOnUnixSocket(grpc.server, { path, mode: 0o600 });
    rmSync(path);
    await listenOnUnixSocket(start().server, { path, mode: 0o600 });
    await grpc.close(0);
    expect(await check(path)).toBe(0);
  });

  it('gives its calls the socket that was told when it was connected, to be asked about once', async () => {
    const connected: Socket[] = [];
    const calls: Socket[] = [];
    let asked = 0;
    const ask = perConnection((socket: Socket) => {
      asked++;
      return (socket as Socket & { _handle: { fd: number } })._handle.fd;
    });
    const grpc = start({
      services: [
        {
          name: 'test.Words',
          methods: {
            Who: {
              kind: 'unary',
              handle: async (_, { socket }) => {
                calls.push(socket);
                return Buffer.from(String(ask(socket)));
              },
            },
          },
        },
      ],
      onConnection: (socket) => {
        connected.push(socket);
        ask(socket);
      },
    });
    await listenOnUnixSocket(grpc.server, { path, mode: 0o600 });
    const session = connectHttp2('http://localhost', { createConnection: () => connect(path) });
    const who = async (): Promise<number> => {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/test.Words/Who',
        'content-type': 'application/grpc',
      });
      const { bytes } = await new RawCall(stream).end(framed(Buffer.alloc(0)));
      return Number(bytes.subarray(5).toString());
    };
    expect(await who()).toBeGreaterThan(2);
    expect(await who()).toBe(await who());
    expect(asked).toBe(1);
    expect(connected).toHaveLength(1);
    expect(new Set([...connected, ...calls]).size).toBe(1);
    session.destroy();
  });
});
