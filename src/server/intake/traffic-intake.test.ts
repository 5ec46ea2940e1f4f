import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '../../base/log.ts';
import { ServerConfig } from '../config.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import type { FromThread } from './messages.ts';
import { TrafficIntake, type TrafficIntakePorts } from './traffic-intake.ts';

/** What an intake on free ports needs, what it logs, and why its thread died. */
function aSetUp(follow: (folder: string) => readonly string[] = () => []) {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-intake-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const config = ServerConfig.parse({
    otlp: { httpPort: 0, grpcPort: 0 },
    envoy: { port: 0 },
    accessLog: { files: follow(folder).map((path) => ({ path })), pollMs: 10 },
  });
  const { intake, inventory, otlp, envoy, accessLog, tls } = config;
  const sources = {
    otlp,
    envoy,
    accessLog,
    tls,
    hostNames: [],
    adminToken: 'of the administrator',
    maxWaitingSpans: 0,
  };
  const lines: string[] = [];
  const died: unknown[] = [];
  const ports: TrafficIntakePorts = {
    data: { ...sources, intake, inventory, dataFolder: folder },
    environment: 'default',
    store: new MemoryStore(),
    clock: Date.now,
    log: createLog('trace', { write: (line) => lines.push(line) }),
    onStatus: () => undefined,
    onFolded: () => undefined,
    onCheck: () => undefined,
    onDied: (thrown) => died.push(thrown),
  };
  return { ports, lines, died };
}

const READY: FromThread = {
  type: 'ready',
  addresses: { otlpOrigin: 'http://127.0.0.1:1', otlpGrpc: '127.0.0.1:2', envoy: '127.0.0.1:3' },
};
const WARNING: FromThread = {
  type: 'log',
  level: 'warn',
  sentence: 'a request log cannot be followed',
  message: 'it is no regular file',
  stack: '',
};
const STAY = 'parentPort.on("message", () => process.exit());';

/** A thread that says this, and then does that. */
function aThread(said: readonly FromThread[], then: string): Worker {
  const begin = 'const { parentPort, workerData } = require("node:worker_threads");';
  const say = 'for (const message of workerData) parentPort.postMessage(message);';
  return new Worker(`${begin} ${say} ${then}`, { eval: true, workerData: said });
}

describe('the thread that takes traffic in', () => {
  it('starts, and warns of what it cannot follow', async () => {
    const { ports, lines, died } = aSetUp((folder) => [folder]);
    const intake = await TrafficIntake.start(ports);
    expect(intake.addresses.otlpOrigin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await vi.waitUntil(() => lines.length > 0);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'warn',
      msg: 'a request log cannot be followed',
      err: { message: expect.stringMatching(/is no regular file$/) },
    });
    await intake.close();
    expect(died).toEqual([]);
  });

  it('may warn before it is ready', async () => {
    const { ports, lines } = aSetUp();
    const intake = await TrafficIntake.start(ports, aThread([WARNING, READY], STAY));
    expect(intake.addresses.envoy).toBe('127.0.0.1:3');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ err: { message: 'it is no regular file' } });
    await intake.close();
  });

  it('is not started where it says why it cannot be', async () => {
    const { ports, died } = aSetUp();
    const fault = { type: 'fault', code: 'server/port-unavailable', message: 'taken' } as const;
    const start = TrafficIntake.start(ports, aThread([{ ...fault, hint: 'set another' }], STAY));
    await expect(start).rejects.toMatchObject({ code: fault.code, hint: 'set another' });
    expect(died).toEqual([]);
  });

  it.each([
    ['breaks', 'throw new RangeError("broken")', 'broken'],
    ['ends', '', 'the thread that takes traffic in has ended'],
  ])('is not started where it %s before it is ready', async (_, then, message) => {
    const { ports, died } = aSetUp();
    await expect(TrafficIntake.start(ports, aThread([], then))).rejects.toThrow(message);
    expect(died).toEqual([]);
  });

  it('is waited for by nobody once it died, which is told once', async () => {
    const { ports, died } = aSetUp();
    const broken = 'parentPort.on("message", () => { throw new RangeError("broken"); });';
    const intake = await TrafficIntake.start(ports, aThread([READY], broken));
    await intake.settle();
    expect(died).toEqual([expect.objectContaining({ message: 'broken' })]);
    await intake.settle();
    await intake.close();
    await intake.close();
    expect(died).toHaveLength(1);
  });
});
