import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { createServer } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { IdentityProcess } from './support/identity-process.ts';

/** How long a workload waits for its first X.509-SVID, from before it connects to the Workload API until it holds
 *  the whole answer. To reach: 100 ms.
 *
 *  Each asks from a process of its own, by an executable of its own, for an identity that nobody asked for before:
 *  it is attested, a key is made, the SVID is issued and recorded on the disk. The executable is Node's, of 120 MB.
 *  Beside it, in turn, what processes wait for a server that answers at once: what the machine does otherwise meets
 *  both alike. */
const MILLISECONDS_TO_REACH = 100;
const ASKS = 50;
const SERVERS = 10;
const AT_ONCE = 10;
/** An executable that was changed within this time is digested anew each time. */
const RESTED_MS = 2_500;
const READ_AHEAD_WITHIN_MS = 30_000;

const ASKER = fileURLToPath(new URL('support/svid-asker.ts', import.meta.url));

interface Workload {
  readonly executable: string;
  readonly process: ChildProcess;
}

type Selectors = (executable: string) => readonly string[];
const byPath: Selectors = (executable) => [`unix:path:${executable}`];
const digest = createHash('sha256').update(readFileSync(process.execPath)).digest('hex');
const byDigest: Selectors = (executable) => [...byPath(executable), `unix:sha256:${digest}`];

/** A folder with executables, each made when it is started. */
class Workloads {
  readonly #server: IdentityProcess;
  readonly #folder: string;
  readonly #started: Workload[] = [];
  #count = 0;

  constructor(server: IdentityProcess) {
    this.#server = server;
    this.#folder = join(server.folder, 'bin');
    mkdirSync(this.#folder);
  }

  /** Processes that are ready to ask, of executables that `make` has made. */
  async start(count: number, make: (path: string) => void): Promise<readonly Workload[]> {
    const starting = Array.from({ length: count }, async () => {
      const executable = join(this.#folder, `workload-${this.#count++}`);
      make(executable);
      const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
      const args = ['--disable-warning=ExperimentalWarning', ASKER];
      const child = spawn(executable, args, { stdio: [...stdio] });
      await once(child, 'message');
      return { executable, process: child };
    });
    const started = await Promise.all(starting);
    this.#started.push(...started);
    return started;
  }

  /** Replaces the entries by those of these workloads. */
  async register(workloads: readonly Workload[], selectors: Selectors): Promise<void> {
    const entries = workloads.map(({ executable }) => ({
      spiffeId: `spiffe://example.org/bench${executable.slice(executable.lastIndexOf('/'))}`,
      owner: 'team-bench',
      selectors: selectors(executable),
    }));
    await this.#server.ask({ entries });
  }

  /** Milliseconds that each of them waits, one after the other; and others, in turn, for nothing. */
  async ask(workloads: readonly Workload[]): Promise<Waits> {
    const idle = await this.start(workloads.length, link);
    const waits: Waits = { svid: [], nothing: [] };
    for (const [index, workload] of workloads.entries()) {
      waits.svid.push(await askOne(workload, this.#server.socket));
      const other = idle[index];
      if (other) waits.nothing.push(await askOne(other, BARE));
    }
    return waits;
  }

  close(): void {
    for (const { process: child } of this.#started) child.kill();
  }
}

interface Waits {
  readonly svid: number[];
  readonly nothing: number[];
}

async function askOne({ executable, process: child }: Workload, socket: string): Promise<number> {
  const exited = once(child, 'exit');
  child.send(socket);
  const [answer] = await once(child, 'message');
  if (answer.failure !== undefined) throw new Error(answer.failure);
  await exited;
  rmSync(executable);
  return answer.milliseconds;
}

function together(all: readonly Waits[]): Waits {
  return {
    svid: all.flatMap(({ svid }) => svid),
    nothing: all.flatMap(({ nothing }) => nothing),
  };
}

/** Bytes that nobody has read yet. */
const copy = (path: string): void => copyFileSync(process.execPath, path, constants.COPYFILE_EXCL);
/** The same file by another name, where the file system can do that. */
const link = (path: string): void => {
  try {
    linkSync(process.execPath, path);
  } catch {
    copy(path);
  }
};

async function withServer<Result>(
  isLookingOnlyWhenAsked: boolean,
  work: (workloads: Workloads, server: IdentityProcess) => Promise<Result>,
): Promise<Result> {
  const server = await IdentityProcess.start({ isLookingOnlyWhenAsked });
  const workloads = new Workloads(server);
  try {
    return await work(workloads, server);
  } finally {
    workloads.close();
    await server.close();
  }
}

/** What the first workload of a server waits that has just started. */
async function firstOfServers(): Promise<Waits> {
  const waits: Waits[] = [];
  for (let turn = 0; turn < SERVERS; turn++) {
    const first = await withServer(false, async (workloads) => {
      const started = await workloads.start(1, link);
      await workloads.register(started, byPath);
      return workloads.ask(started);
    });
    waits.push(first);
  }
  return together(waits);
}

/** New executables, a few at a time; `readiness` resolves when they may ask. */
async function withNewExecutables(
  isLookingOnlyWhenAsked: boolean,
  readiness: (server: IdentityProcess) => Promise<unknown>,
): Promise<Waits> {
  return withServer(isLookingOnlyWhenAsked, async (workloads, server) => {
    const waits: Waits[] = [];
    while (waits.length * AT_ONCE < ASKS) {
      const started = await workloads.start(AT_ONCE, copy);
      await workloads.register(started, byDigest);
      await sleep(RESTED_MS);
      await readiness(server);
      waits.push(await workloads.ask(started));
    }
    return together(waits);
  });
}

/** Until the server has nothing to do any more. */
async function untilIdle(server: IdentityProcess): Promise<void> {
  const until = performance.now() + READ_AHEAD_WITHIN_MS;
  for (let before = -1; performance.now() < until; ) {
    const { cpuSeconds } = await server.ask();
    if (before >= 0 && cpuSeconds - before < 0.15) return;
    before = cpuSeconds;
    await sleep(2_500);
  }
}

function report(label: string, { svid, nothing }: Waits): void {
  print(label, svid);
  print('    a server that answers at once', nothing);
}

function print(label: string, waits: readonly number[]): void {
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const figures = [at(0.5), at(0.99), at(1)].map((wait) => `${wait.toFixed(1)} ms`.padStart(9));
  const over = at(1) > MILLISECONDS_TO_REACH ? `   (over ${MILLISECONDS_TO_REACH} ms)` : '';
  console.log(`${label.padEnd(48)} p50${figures[0]}  p99${figures[1]}  worst${figures[2]}${over}`);
}

/** Answers every call with a message of the size of an SVID's. */
const bare = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'application/grpc' });
  const message = Buffer.alloc(2_048);
  message.writeUInt32BE(message.length - 5, 1);
  response.end(message);
});
const bareFolder = mkdtempSync(join(tmpdir(), 'reeve-bench-bare-'));
const BARE = join(bareFolder, 'bare.sock');
await new Promise<void>((resolve) => bare.listen(BARE, resolve));

const paths = await withServer(false, async (workloads) => {
  const started = await workloads.start(ASKS, link);
  await workloads.register(started, byPath);
  return workloads.ask(started);
});
report(`entries ask for unix:path, ${ASKS} workloads`, paths);
report(`  the first of a new server, ${SERVERS} servers`, await firstOfServers());
report('entries ask for unix:sha256, executables run', await withNewExecutables(false, untilIdle));
report('  executables that nobody has read yet', await withNewExecutables(true, async () => {}));

bare.close();
rmSync(bareFolder, { recursive: true });
