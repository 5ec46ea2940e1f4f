import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { digestAhead, runningPids } from './index.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What was read, with a door that holds each reading up until it is opened. */
function rig(isAskedFor = true) {
  const read: number[] = [];
  let open = (): void => {};
  const ports = {
    isAskedFor: () => isAskedFor,
    pids: async () => [1, 2, 3],
    executables: {
      remember: (pid: number) => {
        read.push(pid);
        return new Promise<void>((resolve) => {
          open = resolve;
        });
      },
    },
  };
  const next = async (): Promise<void> => {
    open();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { read, ports, next };
}

it('executables are read one after the other, and again after a while', async () => {
  const { read, ports, next } = rig();
  const stop = digestAhead(ports, 100);
  await vi.advanceTimersByTimeAsync(350);
  expect(read).toEqual([1]);
  for (let turn = 0; turn < 3; turn++) await next();
  expect(read).toEqual([1, 2, 3]);
  await vi.advanceTimersByTimeAsync(100);
  expect(read).toEqual([1, 2, 3, 1]);
  stop();
  await next();
  await vi.advanceTimersByTimeAsync(300);
  expect(read).toEqual([1, 2, 3, 1]);
});

it('executables are not read while no entry asks for a digest', async () => {
  const { read, ports } = rig(false);
  const stop = digestAhead(ports, 100);
  await vi.advanceTimersByTimeAsync(350);
  expect(read).toEqual([]);
  stop();
});

it('processes are what /proc names by numbers', async () => {
  vi.useRealTimers();
  const folder = mkdtempSync(join(tmpdir(), 'pids-'));
  for (const name of ['1', '70', 'self', '0', '12x']) mkdirSync(join(folder, name));
  expect((await runningPids(folder)).sort((a, b) => a - b)).toEqual([1, 70]);
  expect(await runningPids(join(folder, 'none'))).toEqual([]);
  rmSync(folder, { recursive: true });
});
