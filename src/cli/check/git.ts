import { spawn, spawnSync } from 'node:child_process';
import type { Readable } from 'node:stream';
import { Fault, messageOf, quote } from '../../base/fault.ts';

const MAX_SECONDS = 120;
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** What runs no program that the repository's configuration names, fetches nothing and asks nobody: hooks, monitors of
 *  file systems, transports, replaced objects. */
const SAFE = [
  '--no-replace-objects',
  '--no-optional-locks',
  '--no-pager',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.attributesFile=/dev/null',
  '-c',
  'protocol.allow=never',
];

/** Nothing of `GIT_*`, which could point elsewhere, or name programs. The user's own configuration counts: there it
 *  says which folders of others are trusted. */
function safeEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'USERPROFILE', 'SYSTEMROOT', 'TMPDIR'];
  return {
    ...Object.fromEntries(
      kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
  };
}

interface Output {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The git binary, in one folder, for reading only. */
export class Git {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** What a command says, whatever its status.
   *  @throws {Fault} `check/git-unavailable`, `check/git-failed` */
  try(...args: readonly string[]): Output {
    const { error, status, signal, stdout, stderr } = spawnSync('git', [...SAFE, ...args], {
      cwd: this.folder,
      env: safeEnvironment(),
      encoding: 'utf8',
      timeout: MAX_SECONDS * 1_000,
      maxBuffer: MAX_OUTPUT_BYTES,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (error) throw toFault(error, args);
    if (status === null) throw failed(args, `it was ended by ${signal}`);
    return { status, stdout, stderr };
  }

  /** The first line of what a command prints; undefined where it fails. */
  line(...args: readonly string[]): string | undefined {
    const { status, stdout } = this.try(...args);
    return status === 0 ? stdout.split('\n')[0] : undefined;
  }

  /** What a command prints, at `\0`.
   *  @throws {Fault} `check/git-failed` */
  list(...args: readonly string[]): string[] {
    const { status, stdout, stderr } = this.try(...args);
    if (status !== 0) throw failed(args, stderr);
    return stdout.split('\0').filter((item) => item !== '');
  }

  /** Blobs by their ids, in the order that they are asked for.
   *  @throws {Fault} `check/git-failed`, `check/object-not-found` */
  async *blobs(ids: readonly string[]): AsyncIterable<Buffer> {
    const child = spawn('git', [...SAFE, 'cat-file', '--batch'], {
      cwd: this.folder,
      env: safeEnvironment(),
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: MAX_SECONDS * 1_000,
    });
    const ended = new Promise<never>((_resolve, reject) => {
      child.once('error', (thrown) => reject(toFault(thrown, ['cat-file'])));
    });
    ended.catch(() => {});
    child.stdin.on('error', () => {});
    child.stdin.end(ids.map((id) => `${id}\n`).join(''));
    try {
      const objects = readObjects(child.stdout)[Symbol.asyncIterator]();
      for (const id of ids) {
        const next = await Promise.race([objects.next(), ended]);
        if (next.done) throw failed(['cat-file'], `it ended before ${id}`);
        yield next.value;
      }
    } finally {
      child.kill('SIGKILL');
    }
  }
}

/** `ID blob SIZE`, a line break, so many bytes, a line break.
 *  @see git-cat-file(1), BATCH OUTPUT */
async function* readObjects(stream: Readable): AsyncGenerator<Buffer, void> {
  let chunks: Buffer[] = [];
  let length = 0;
  let wanted: number | undefined;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (wanted !== undefined && length < wanted + 1) continue;
    let buffer = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    for (;;) {
      if (wanted === undefined) {
        const end = buffer.indexOf(0x0a);
        if (end === -1) break;
        wanted = sizeOf(buffer.toString('latin1', 0, end));
        buffer = buffer.subarray(end + 1);
      }
      if (buffer.length < wanted + 1) break;
      yield buffer.subarray(0, wanted);
      buffer = buffer.subarray(wanted + 1);
      wanted = undefined;
    }
    chunks = [buffer];
    length = buffer.length;
  }
}

function sizeOf(header: string): number {
  const size = /^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1];
  if (size !== undefined) return Number(size);
  throw objectNotFound(header);
}

/** @param what the object, as git or its tree names it */
export function objectNotFound(what: string): Fault {
  return new Fault(
    'check/object-not-found',
    `this clone has not all of the base: ${quote(what, 200)}`,
    {
      hint: 'the clone is partial; fetch all of it: `git fetch --refetch`',
    },
  );
}

function toFault(error: Error, args: readonly string[]): Fault {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') {
    return new Fault(
      'check/git-unavailable',
      'git was not found, and the base is to be read by it',
      {
        hint: 'install git, or name a folder: --base ../main',
      },
    );
  }
  if (code === 'ETIMEDOUT') return failed(args, `it took longer than ${MAX_SECONDS} seconds`);
  if (code === 'ENOBUFS') return failed(args, `it printed more than ${MAX_OUTPUT_BYTES} bytes`);
  return failed(args, messageOf(error));
}

function failed(args: readonly string[], why: string): Fault {
  const command = args.find((arg) => !arg.startsWith('-')) ?? '';
  return new Fault('check/git-failed', `git ${command} failed: ${quote(why.trim(), 300)}`);
}
