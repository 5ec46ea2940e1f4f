import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '../../base/log.ts';
import { SIDE, SpanBatchWriter } from '../../estate/spans/index.ts';
import { SpanOutlet } from '../intake/span-outlet.ts';
import { TracingConfig } from './config.ts';
import { Tracing } from './tracing.ts';

const { enabled: _, incidents, notify, ...settings } = TracingConfig.parse({});

let dataFolder: string;
let tracing: Tracing;
let lines: string[];
let outlet: SpanOutlet;
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'reeve-tracing-thread-'));
  lines = [];
  outlet = new SpanOutlet({
    ...{ maxWaiting: 1_000, clock: Date.now, onCount: () => {} },
    onWanted: () => tracing.want(),
  });
  tracing = new Tracing({
    data: { settings, environment: 'test', dataFolder },
    log: createLog('trace', { write: (line) => lines.push(line) }),
    ...{ onAlert: () => {}, onStatus: () => {} },
    handSpansTo: (port: MessagePort | undefined) =>
      port === undefined ? outlet.disconnect() : outlet.connect(port),
  });
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

describe('the thread that follows traces', () => {
  it('starts with the first spans', async () => {
    expect(tracing.isRunning).toBe(false);
    send('1');
    await vi.waitFor(async () => expect(await requests()).toBe(1), 10_000);
  });

  it('is started again where it ends by itself, with what was written last', async () => {
    send('1');
    await vi.waitFor(async () => expect(await requests()).toBe(1), 10_000);
    await tracing.ask('settle', {});
    // nothing that it can hear: it ends
    tracing.hold(5 as never);
    await vi.waitFor(() => expect(lines.join()).toContain('thread that follows traces has ended'));
    await expect(requests()).rejects.toMatchObject({ code: 'tracing/unavailable' });
    send('2');
    await vi.waitFor(async () => expect(await requests()).toBe(2), {
      timeout: 20_000,
      interval: 200,
    });
  });

  it('goes on where somebody says what cannot be learnt', async () => {
    tracing.learn({ id: 'feedback', patterns: null } as never);
    expect(await requests()).toBeUndefined();
    await vi.waitFor(() => expect(lines.join()).toContain('cannot be learnt'));
    expect(tracing.isRunning).toBe(true);
  });
});
