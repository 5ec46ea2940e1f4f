import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { statusOf } from '../../../base/fault.ts';
import { openPeerReader } from './index.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** Both ends of a connection. */
async function connection(address: string | number): Promise<{ near: Socket; far: Socket }> {
  server = createServer().listen(address);
  await once(server, 'listening');
  const bound = server.address();
  const far = typeof bound === 'string' ? connect(bound) : connect(bound?.port ?? 0, '127.0.0.1');
  const [near] = (await once(server, 'connection')) as [Socket];
  return { near, far };
}
const socketPath = () => join(tmpdir(), `peer-${process.pid}-${performance.now()}`);

describe.runIf(process.platform === 'linux')('the peer of a socket', () => {
  it('is who connected', async () => {
    const { near, far } = await connection(socketPath());
    const peer = (await openPeerReader()).peerOf(near);
    expect(peer).toMatchObject({
      pid: process.pid,
      uid: process.geteuid?.(),
      gid: process.getegid?.(),
    });
    expect(peer.hasEnded()).toBe(false);
    peer.release();
    far.destroy();
  });

  it('takes no descriptor when it has been released, twice even', async () => {
    const { near, far } = await connection(socketPath());
    const reader = await openPeerReader();
    const openFiles = () => readdirSync('/proc/self/fd').length;
    const before = openFiles();
    const peers = Array.from({ length: 20 }, () => reader.peerOf(near));
    for (const peer of [...peers, ...peers]) peer.release();
    expect(openFiles()).toBe(before);
    far.destroy();
  });

  it('is nobody across the internet, or when the socket is closed', async () => {
    const { near, far } = await connection(0);
    const reader = await openPeerReader();
    const refusal = expect.objectContaining({ code: 'identity/attestation-forbidden/no-peer' });
    expect(() => reader.peerOf(near)).toThrow(refusal);
    near.destroy();
    expect(() => reader.peerOf(near)).toThrow(refusal);
    far.destroy();
  });
});

it('peers cannot be told elsewhere than on Linux, which is said', async () => {
  const opening = openPeerReader('darwin');
  await expect(opening).rejects.toMatchObject({
    code: 'identity/peer-unimplemented',
    message: expect.stringContaining('this is darwin'),
    hint: expect.stringContaining('run the agent on Linux'),
  });
  expect(statusOf('identity/peer-unimplemented').http).toBe(501);
});
