import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, constants, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A user that is on every machine and owns nothing. */
export const NOBODY = 65_534;
export const isRoot = process.getuid?.() === 0;

/** Connects, and says so by a byte; what it is told to evaluate comes after. */
const CLIENT = `
  const socket = require('node:net').connect(process.argv[1], () => socket.write('c'));
  socket.on('error', () => process.exit());
`;

interface StartOptions {
  /** Default: the Node that runs the tests. */
  readonly executable?: string;
  readonly uid?: number;
  /** Starts it below a parent that never asks how it ended. */
  readonly isNeglected?: boolean;
  /** Code of the client after it has asked for the connection; `socket` is there. */
  readonly script?: string;
}

/** A Unix socket in a folder of its own, and processes that connect to it. */
export class Processes {
  readonly folder: string;
  readonly #children: ChildProcess[] = [];
  readonly #sockets: Socket[] = [];
  readonly #server = createServer({ allowHalfOpen: true });
  readonly #path: string;

  private constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'workloads-'));
    chmodSync(this.folder, 0o755);
    this.#path = join(this.folder, 'socket');
  }

  static async open(): Promise<Processes> {
    const made = new Processes();
    made.#server.on('connection', (socket) => {
      made.#sockets.push(socket);
      socket.on('error', () => {});
    });
    made.#server.listen(made.#path);
    await once(made.#server, 'listening');
    chmodSync(made.#path, 0o777);
    return made;
  }

  /** A copy of the Node that runs the tests, which any user may run. */
  copyOfNode(name: string): string {
    const copy = join(this.folder, name);
    copyFileSync(process.execPath, copy, constants.COPYFILE_FICLONE);
    chmodSync(copy, 0o755);
    return copy;
  }

  /** Starts a process that connects, and waits until it has. */
  async start({ executable = process.execPath, uid, isNeglected, script = '' }: StartOptions = {}) {
    const connection = once(this.#server, 'connection') as Promise<[Socket]>;
    const client = [executable, '-e', `${CLIENT}${script}`, this.#path];
    const [command = '', ...given] = isNeglected
      ? ['/bin/sh', '-c', '"$@" & exec sleep 600', 'sh', ...client]
      : client;
    const child = spawn(command, given, {
      stdio: 'ignore',
      cwd: '/',
      ...(uid !== undefined && { uid, gid: uid }),
    });
    this.#children.push(child);
    const exited = once(child, 'exit');
    const failed = exited.then(([status]) => {
      throw new Error(`the process ended with ${status} before it connected`);
    });
    const [socket] = await Promise.race([connection, failed]);
    failed.catch(() => {});
    return { socket, child, exited };
  }

  async close(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
