import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../src/base/testing/free-port.ts';
import { Askers } from './support/svid-asker.ts';

const ORDERS = 'spiffe://example.org/ns/shop/sa/orders';
const PAYMENTS = 'spiffe://example.org/ns/shop/sa/payments';
const AGENT = 'spiffe://example.org/reeve/agent/node-1';
type Line = Readonly<Record<string, unknown>>;

/** A process that says what happens as lines of JSON. */
class Talker {
  readonly child: ChildProcess;
  readonly logged: string[] = [];
  readonly #lines: AsyncIterator<string>;

  constructor(program: string, words: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    this.child = spawn(program, words, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    running.push(this);
    // stdio says that there are three
    this.#lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => this.logged.push(text));
  }

  async next(): Promise<Line | undefined> {
    const { value } = await this.#lines.next();
    return value === undefined ? undefined : (JSON.parse(value) as Line);
  }

  /** The next line of an event, past others. */
  async until(event: string): Promise<Line> {
    for (let line = await this.next(); line; line = await this.next()) {
      if (line.event === event) return line;
    }
    throw new Error(`it ended before ${event}: ${this.logged.join('')}`);
  }

  async ask(command: object): Promise<unknown> {
    this.child.stdin!.write(`${JSON.stringify(command)}\n`);
    const { value } = await this.#lines.next();
    return JSON.parse(value);
  }

  /** Until something of this is logged. */
  async hasLogged(words: string): Promise<string> {
    for (;;) {
      const found = this.logged
        .join('')
        .split('\n')
        .find((line) => line.includes(words));
      if (found) return found;
      if (this.child.exitCode !== null) throw new Error(this.logged.join(''));
      await sleep(10);
    }
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    return (await ended)[0] as number | null;
  }
}

const running: Talker[] = [];
const askers = new Askers();
let folder: string;
let port: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-agents-'));
  chmodSync(folder, 0o755);
  port = await freePort();
});
afterEach(async () => {
  askers.close();
  for (const talker of running.splice(0)) await talker.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Other users must reach it, which they do not in the data folder. */
const socketPath = (): string => join(folder, 'run', 'workload.sock');

async function startServer(): Promise<Talker & { readonly hello: Line }> {
  const script = join(import.meta.dirname, 'support', 'agent-server.ts');
  const server = new Talker(process.execPath, [script, join(folder, 'server'), String(port)]);
  const hello = await server.next();
  return Object.assign(server, { hello: hello ?? {} });
}

function startAgent(
  environment: NodeJS.ProcessEnv = {},
  words: readonly string[] = ['--trust-bundle', join(folder, 'server', 'bundle.json')],
): Talker {
  return new Talker(
    'bin/reeve',
    [
      'agent',
      ...['--server', `127.0.0.1:${port}`, '--trust-domain', 'example.org', '--format', 'json'],
      ...['--data', join(folder, 'agent'), '--socket', socketPath(), ...words],
    ],
    environment,
  );
}

/** A workload of its own: this machine's Node under another name. */
function program(name: string): string {
  const path = join(folder, name);
  copyFileSync(process.execPath, path);
  chmodSync(path, 0o755);
  return path;
}

function startWorkload(path: string): Talker {
  const script = join(import.meta.dirname, 'support', 'workload.ts');
  return new Talker(path, [script, `unix://${socketPath()}`]);
}

describe('reeve agent', () => {
  it('goes on while the server is dead, needs no token again, and catches up with it', async () => {
    const orders = program('orders');
    let server = await startServer();
    const said = { spiffeId: ORDERS, selectors: [`unix:path:${orders}`] };
    await server.ask({ do: 'register', said });
    const token = String(await server.ask({ do: 'token', name: 'node-1' }));
    let agent = startAgent({ REEVE_JOIN_TOKEN: token });
    const socket = `unix://${socketPath()}`;
    expect(await agent.next()).toMatchObject({ event: 'started', socket });
    expect(await agent.until('joined')).toMatchObject({ spiffeId: AGENT });
    await agent.until('connected');
    const first = startWorkload(orders);
    expect(await first.next()).toMatchObject({ ids: [ORDERS] });

    await server.kill();
    await agent.until('lost');
    const second = startWorkload(orders);
    expect(await second.next()).toMatchObject({ ids: [ORDERS] });

    await agent.kill();
    agent = startAgent();
    expect(await agent.until('resumed')).toMatchObject({ spiffeId: AGENT });
    await agent.until('lost');
    const third = startWorkload(orders);
    expect(await third.next()).toMatchObject({
      code: 14,
      message: expect.stringContaining('cannot be reached'),
    });
    expect(agent.logged.join('').match(/the server is lost/g)).toHaveLength(1);

    server = await startServer();
    await server.ask({ do: 'register', said: { ...said, selectors: [`unix:path:${orders}`] } });
    await agent.until('connected');
    let line = await third.next();
    while (line?.code !== undefined) line = await third.next();
    expect(line).toMatchObject({ ids: [ORDERS] });
    expect(await server.ask({ do: 'agents' })).toEqual([AGENT]);
    expect(await agent.kill('SIGTERM')).toBe(0);
    expect([agent, first, second, third].map(({ logged }) => logged.join(''))).not.toContain(token);
    const kept = join(folder, 'agent');
    for (const name of readdirSync(kept)) expect(statSync(join(kept, name)).mode & 0o077).toBe(0);
  });

  it('gives a copied, a moved and a killed program nothing, and says why in its log', async () => {
    const orders = program('orders');
    const server = await startServer();
    const said = { spiffeId: ORDERS, selectors: [`unix:path:${orders}`] };
    await server.ask({ do: 'register', said });
    const token = String(await server.ask({ do: 'token', name: 'node-1' }));
    const agent = startAgent({ REEVE_JOIN_TOKEN: token });
    await agent.until('connected');
    const right = startWorkload(orders);
    expect(await right.next()).toMatchObject({ ids: [ORDERS] });

    const copy = program('copy');
    const refused = startWorkload(copy);
    expect(await refused.next()).toMatchObject({
      code: 7,
      message: expect.stringContaining(`lacks unix:path:${orders} (has unix:path:${copy})`),
    });
    expect(await agent.hasLogged(copy)).toContain('no identity for a workload');

    const moved = join(folder, 'moved');
    renameSync(orders, moved);
    // it is looked at again before it is told anything new
    await server.ask({
      do: 'register',
      said: { ...said, federatesWith: ['other.example'], hint: 'x' },
    });
    let line = await right.next();
    while (line?.code !== 7) line = await right.next();
    expect(line.message).toContain(`lacks unix:path:${orders} (has unix:path:${moved})`);
    expect(await agent.hasLogged(moved)).toContain('no identity for a workload');

    await right.kill();
    copyFileSync(copy, orders);
    const again = startWorkload(orders);
    expect(await again.next()).toMatchObject({ ids: [ORDERS] });
  });

  it('gives the same program under another user nothing, and says why in its log', async () => {
    const orders = program('orders');
    const server = await startServer();
    const own = process.getuid?.() ?? 0;
    // only root can start a process of another user; anybody else is the other user
    const [wanted, other] = own === 0 ? [0, 4_242] : [4_242, own];
    const selectors = [`unix:path:${orders}`, `unix:uid:${wanted}`];
    await server.ask({ do: 'register', said: { spiffeId: PAYMENTS, selectors } });
    const token = String(await server.ask({ do: 'token', name: 'node-1' }));
    const agent = startAgent({ REEVE_JOIN_TOKEN: token });
    await agent.until('connected');
    const { answer } = await askers.ask({
      executable: orders,
      socket: socketPath(),
      ...(own === 0 && { uid: other }),
    });
    expect(answer).toMatch(/^7 /);
    expect(answer).toContain(`lacks unix:uid:${wanted} (has unix:uid:${other})`);
    expect(await agent.hasLogged(`unix:uid:${other}`)).toContain('no identity for a workload');
  });

  it('is denied, drops everything and ends with status 1, and its token makes nobody else', async () => {
    const orders = program('orders');
    const server = await startServer();
    await server.ask({
      do: 'register',
      said: { spiffeId: ORDERS, selectors: [`unix:path:${orders}`] },
    });
    const token = String(await server.ask({ do: 'token', name: 'node-1' }));
    const hashes = (server.hello.fingerprints as string[]).flatMap((hash) => [
      ...['--trust-bundle-sha256', `sha256:${hash}`],
    ]);
    const agent = startAgent({ REEVE_JOIN_TOKEN: token }, hashes);
    await agent.until('connected');
    expect(await startWorkload(orders).next()).toMatchObject({ ids: [ORDERS] });
    const ended = once(agent.child, 'exit');
    await server.ask({ do: 'deny', spiffeId: AGENT });
    expect(await agent.until('ended')).toMatchObject({ kind: 'denied' });
    expect(await ended).toEqual([1, null]);
    expect(readdirSync(join(folder, 'agent'))).toEqual([]);
    expect(agent.logged.join('')).toContain(`The agent \`${AGENT}\` is denied since`);

    const again = startAgent({ REEVE_JOIN_TOKEN: token }, hashes);
    const [status] = await once(again.child, 'exit');
    expect(status).toBe(2);
    expect(again.logged.join('')).toMatch(/the join token of \S+ was used already, at \S+ by/);
    expect(again.logged.join('')).not.toContain(token);
  });
});
