import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Asks the Workload API for X.509-SVIDs over a connection, and prints each answer in a line: `given`, or the
 *  refusal. It is handed over as code, since another user may not be able to read this folder. */
const ASK = `
  const ask = (socket) => {
    const session = require('node:http2').connect('http://localhost', { createConnection: () => socket });
    session.on('error', ({ message }) => console.log('lost: ' + message));
    const stream = session.request({
      ':method': 'POST', ':path': '/SpiffeWorkloadAPI/FetchX509SVID',
      'content-type': 'application/grpc', te: 'trailers', 'workload.spiffe.io': 'true',
    });
    let hasAnswered = false;
    stream.on('data', () => { if (!hasAnswered) console.log('given'); hasAnswered = true; });
    const end = (headers) => {
      if (headers['grpc-status'] === undefined) return;
      console.log(headers['grpc-status'] + ' ' + decodeURIComponent(headers['grpc-message'] ?? ''));
    };
    stream.on('response', end).on('trailers', end).on('error', () => {});
    stream.end(Buffer.alloc(5));
  };
  const net = require('node:net');
  const [, path] = process.argv;
`;
const BY_ITSELF = `${ASK} ask(net.connect(path));`;
/** Waits until its parent is no more, and asks over the connection that it has left behind. */
const HEIR = `${ASK}
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    ask(new net.Socket({ fd: 3 }));
  }, 10);
  console.log('ready');
`;
/** Connects, and hands the connection to an heir. */
const TESTATOR = `
  const net = require('node:net');
  const [, path, heir] = process.argv;
  const socket = net.connect(path);
  // What the server says first is for the heir.
  socket.pause();
  socket.on('connect', () => {
    require('node:child_process').spawn(process.execPath, ['-e', heir], {
      stdio: ['ignore', 'inherit', 'inherit', socket],
    });
  });
`;

export interface AskerOptions {
  readonly executable: string;
  /** The Unix socket. */
  readonly socket: string;
  readonly uid?: number;
}

/** Processes that ask for identities. */
export class Askers {
  readonly #children: ChildProcess[] = [];

  /** One that asks; resolves with what it is told. Its stream stays open. */
  async ask(options: AskerOptions): Promise<{ answer: string; pid: number }> {
    const { child, nextLine } = this.#start(options, [BY_ITSELF, options.socket]);
    return { answer: await nextLine(), pid: child.pid ?? 0 };
  }

  /** One that connects and is killed; resolves with what another process is told over its connection. */
  async askForOneThatIsKilled(
    options: AskerOptions,
  ): Promise<{ answer: string; killedPid: number }> {
    const { child, nextLine } = this.#start(options, [TESTATOR, options.socket, HEIR]);
    await nextLine();
    child.kill('SIGKILL');
    return { answer: await nextLine(), killedPid: child.pid ?? 0 };
  }

  close(): void {
    for (const { pid } of this.#children) {
      // Heirs are of its group, and outlive it.
      if (pid !== undefined) ignoring(() => process.kill(-pid, 'SIGKILL'));
    }
  }

  #start({ executable, uid }: AskerOptions, args: readonly string[]) {
    const child = spawn(executable, ['-e', ...args], {
      cwd: '/',
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
      ...(uid !== undefined && { uid, gid: uid }),
    });
    this.#children.push(child);
    const lines = linesOf(child);
    const nextLine = async (): Promise<string> => {
      const { value, done } = await lines.next();
      if (done) throw new Error('the process ended without a word');
      return value;
    };
    return { child, nextLine };
  }
}

async function* linesOf({ stdout }: ChildProcess): AsyncGenerator<string, void> {
  if (!stdout) return;
  let text = '';
  stdout.setEncoding('utf8');
  for (;;) {
    const end = text.indexOf('\n');
    if (end >= 0) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
      continue;
    }
    const [chunk] = await Promise.race([once(stdout, 'data'), once(stdout, 'end')]);
    if (chunk === undefined) return;
    text += chunk;
  }
}

function ignoring(work: () => void): void {
  try {
    work();
  } catch {}
}
