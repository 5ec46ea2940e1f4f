import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '../../base/log.ts';
import { SIDE, SpanBatchWriter } from '../../estate/spans/index.ts';
import { SpanOutlet } from '../intake/span-outlet.ts';
import { TracingConfig } from './config.ts';
import { Tracing, type TracingPorts } from './tracing.ts';

const { enabled: _, incidents, notify, ...settings } = TracingConfig.parse({});
const WAIT = { timeout: 60_000, interval: 50 };
const FOREVER_MS = 600_000;

let dataFolder: string;
let tracing: Tracing;
let ports: TracingPorts;
let lines: string[];
let outlet: SpanOutlet;
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'reeve-tracing-thread-'));
  lines = [];
  outlet = new SpanOutlet({
    ...{ maxWaiting: 1_000, clock: Date.now, onCount: () => {} },
    onWanted: () => tracing.want(),
  });
  ports = {
    data: { settings, environment: 'test', dataFolder },
    log: createLog('trace', { write: (line) => lines.push(line) }),
    ...{ onAlert: () => {}, onStatus: () => {} },
    handSpansTo: (port: MessagePort | undefined) =>
      port === undefined ? outlet.disconnect() : outlet.connect(port),
  };
  tracing = new Tracing(ports);
});
afterEach(async () => {
  await tracing.close();
  outlet.disconnect();
  rmSync(dataFolder, { recursive: true, force: true });
});

function send(id: string): void {
  const writer = new SpanBatchWriter();
  writer.add({
    ...{ traceId: id.repeat(32), spanId: id.repeat(16), startMs: Date.now() },
    ...{ side: SIDE.called, service: { by: 'name', name: 'orders' } },
    operation: { protocol: 'http', method: 'GET', path: '/', route: '/' },
  });
  outlet.send(writer.take());
}

const requests = async (): Promise<number | undefined> => {
  const json = await tracing.ask('graph', { depth: 1, limit: 10 });
  return JSON.parse(Buffer.from(json).toString()).edges[0]?.requests;
};

/** Tells it what it cannot hear: it ends. */
async function endIt(): Promise<void> {
  tracing.hold(5 as never);
  await vi.waitFor(
    () => expect(lines.join()).toContain('thread that follows traces has ended'),
    WAIT,
  );
}

describe('the thread that follows traces', () => {
  it('starts with the first spans', async () => {
    expect(tracing.isRunning).toBe(false);
    send('1');
    await vi.waitFor(async () => expect(await requests()).toBe(1), WAIT);
  });

  it('is started again where it ends by itself, with what was written last', async () => {
    tracing = new Tracing({ ...ports, limits: { restartMs: 0 } });
    send('1');
    await vi.waitFor(async () => expect(await requests()).toBe(1), WAIT);
    await tracing.ask('settle', {});
    await endIt();
    send('2');
    await vi.waitFor(async () => expect(await requests()).toBe(2), WAIT);
  });

  it('is not asked between its end and its next start, which are apart', async () => {
    tracing = new Tracing({ ...ports, limits: { restartMs: FOREVER_MS } });
    send('1');
    await vi.waitFor(async () => expect(await requests()).toBe(1), WAIT);
    await endIt();
    await expect(requests()).rejects.toMatchObject({
      code: 'tracing/unavailable',
      message: 'Traces are not followed at the moment',
    });
    expect(tracing.isRunning).toBe(false);
  });

  it('that hangs is neither waited for by who asks, nor by the end of the server', async () => {
    const limits = { answerMs: 20, closeMs: 20 };
    tracing = new Tracing({ ...ports, limits, program: new URL('data:text/javascript,for(;;);') });
    await expect(requests()).rejects.toMatchObject({
      code: 'tracing/unavailable',
      message: 'The thread that follows traces has not answered within 0.02 s',
    });
    await tracing.close();
    expect(lines.join()).toContain('has not ended within 0.02 s, so it was stopped');
    expect(tracing.isRunning).toBe(false);
  });

  it('goes on where somebody says what cannot be learnt', async () => {
    tracing.learn({ id: 'feedback', patterns: null } as never);
    expect(await requests()).toBeUndefined();
    await vi.waitFor(() => expect(lines.join()).toContain('cannot be learnt'));
    expect(tracing.isRunning).toBe(true);
  });
});
