import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, lstatSync, mkdirSync, renameSync, type Stats, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import { Fault, messageOf, quote } from '../fault.ts';

export interface UnixSocketOptions {
  readonly path: string;
  /** Who may connect: those who may write to the file, as `0o666` for everybody on this machine. */
  readonly mode: number;
}

/** What the kernel takes for the address of a socket, with the zero byte at its end: 108 on Linux, 104 on macOS
 *  and the BSDs. @see unix(7) */
const ADDRESS_BYTES = process.platform === 'linux' ? 108 : 104;
/** Behind the path while the socket is not ready. */
const SUFFIX_BYTES = '.12345678'.length;
/** How long a path may be, in bytes. */
export const MAX_SOCKET_PATH_BYTES = ADDRESS_BYTES - 1 - SUFFIX_BYTES;

/** Listens on a Unix socket. The folder is made where there is none, the file of a server that is no more is
 *  replaced, and nobody finds the socket before it has its mode. The file goes when the server closes, if it is
 *  still this server's.
 *  @throws {Fault} `grpc/socket-path-invalid`, `grpc/socket-conflict` where another server listens or something
 *  else lies there, `grpc/socket-unavailable` for what the file system refuses */
export async function listenOnUnixSocket(
  server: Server,
  { path, mode }: UnixSocketOptions,
): Promise<void> {
  checkPath(path);
  // At its own path the socket would be there before its mode, and Node would remove the path at the end,
  // whosever it is then.
  const making = `${path}.${randomUUID().slice(0, SUFFIX_BYTES - 1)}`;
  try {
    await checkFree(path);
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    server.listen(making);
    await once(server, 'listening');
    chmodSync(making, mode);
    renameSync(making, path);
  } catch (thrown) {
    server.close();
    if (thrown instanceof Fault) throw thrown;
    throw new Fault('grpc/socket-unavailable', `${quote(path, 200)}: ${messageOf(thrown)}`, {
      hint: 'use a folder that this user may write to',
      cause: thrown,
    });
  }
  const { ino, dev } = lstatSync(path);
  server.once('close', () => {
    const now = statsOf(path);
    if (now?.ino === ino && now.dev === dev) unlinkSync(path);
  });
}

function checkPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (!path.startsWith('/') || path.includes('\0')) {
    throw new Fault('grpc/socket-path-invalid', `${quote(path, 200)} is no absolute path`);
  }
  if (bytes > MAX_SOCKET_PATH_BYTES) {
    throw new Fault(
      'grpc/socket-path-invalid',
      `${quote(path, 200)} has ${bytes} bytes: a Unix socket's address has ${ADDRESS_BYTES}, which leaves ` +
        `${MAX_SOCKET_PATH_BYTES} for the path`,
      { hint: 'use a shorter path, such as /run/reeve/workload.sock' },
    );
  }
}

/** A socket on which nobody listens any more is free, too. */
async function checkFree(path: string): Promise<void> {
  const found = statsOf(path);
  if (!found) return;
  if (!found.isSocket()) {
    throw new Fault('grpc/socket-conflict', `${quote(path, 200)} is there, and is no socket`, {
      hint: 'remove it, or use another path',
    });
  }
  if (await answers(path)) {
    throw new Fault('grpc/socket-conflict', `Another server listens on ${quote(path, 200)}`, {
      hint: 'stop it, or use another path',
    });
  }
}

/** Somebody listens, or may: only a refused connection says that nobody does. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    );
  });
}

function statsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
