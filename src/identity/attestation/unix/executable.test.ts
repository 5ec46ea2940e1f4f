import { createHash } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forbidden } from '../attestation.ts';
import type { ProcFiles } from '../proc/index.ts';
import { Executables } from './index.ts';

/** When files that are written now have rested. */
const later = () => Date.now() + 60_000;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('an executable', () => {
  let folder: string;
  let path: string;
  let reads: number;
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'executable-')));
    path = join(folder, 'orders');
  });
  beforeEach(() => {
    writeFileSync(path, 'one');
    reads = 0;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Processes that all execute one file. */
  const proc: ProcFiles = {
    bytes: async () => Buffer.alloc(0),
    link: async () => path,
    stat: () => stat(path, { bigint: true }),
    open: async () => {
      const handle = await open(path);
      const read = handle.read.bind(handle) as FileHandle['read'];
      handle.read = ((...given: Parameters<typeof read>) => {
        reads++;
        return read(...given);
      }) as FileHandle['read'];
      return handle;
    },
  };

  it('has a path and a digest, which is remembered', async () => {
    const executables = new Executables(proc, 100, later);
    const want = { path, sha256: sha256('one'), notes: [] };
    expect(await executables.identify(1)).toEqual(want);
    const first = reads;
    expect(first).toBeGreaterThan(0);
    expect(await executables.identify(2)).toEqual(want);
    expect(reads).toBe(first);
  });

  it('that was read ahead is not read again, and one that was written just now is not read ahead', async () => {
    const early = new Executables(proc, 100);
    await early.remember(1);
    expect(reads).toBe(0);
    const executables = new Executables(proc, 100, later);
    await executables.remember(1);
    const ahead = reads;
    expect(ahead).toBeGreaterThan(0);
    await executables.remember(2);
    expect((await executables.identify(3)).sha256).toBe(sha256('one'));
    expect(reads).toBe(ahead);
    await new Executables(proc, 2, later).remember(1);
    expect(reads).toBe(ahead);
  });

  it('is read once for all who ask at once', async () => {
    const executables = new Executables(proc, 100, later);
    await executables.identify(1);
    const once = reads;
    const others = new Executables(proc, 100, later);
    const found = await Promise.all([1, 2, 3, 4].map((pid) => others.identify(pid)));
    expect(new Set(found.map((each) => each.sha256))).toEqual(new Set([sha256('one')]));
    expect(reads).toBe(2 * once);
  });

  it('is not read where nobody asks for its digest', async () => {
    expect(await new Executables(proc, 100, later).identify(1, false)).toEqual({
      path,
      notes: ['unix:sha256 is left out: no entry asks for it'],
    });
    expect(reads).toBe(0);
  });

  it('that was written just now is read each time', async () => {
    const executables = new Executables(proc, 100);
    await executables.identify(1);
    const first = reads;
    await executables.identify(1);
    expect(reads).toBe(2 * first);
  });

  it('that is written anew is read anew, even with its size and time set back', async () => {
    const executables = new Executables(proc, 100, later);
    const then = new Date(1_700_000_000_000);
    utimesSync(path, then, then);
    await executables.identify(1);
    const { ctimeNs } = statSync(path, { bigint: true });
    // Not within one step of the file system's clock, since the reader is told that it has rested.
    do {
      writeFileSync(path, 'two');
      utimesSync(path, then, then);
    } while (statSync(path, { bigint: true }).ctimeNs === ctimeNs);
    expect((await executables.identify(1)).sha256).toBe(sha256('two'));
  });

  it('that is too large has no digest, and it is said why', async () => {
    expect(await new Executables(proc, 2).identify(1)).toEqual({
      path,
      notes: ['unix:sha256 is left out: the executable has 3 bytes, more than the 2 that are read'],
    });
    expect(await new Executables(proc, 3).identify(1)).toHaveProperty('sha256', sha256('one'));
  });

  it('that changes while it is read has no digest, and is read again next time', async () => {
    let isChanging = true;
    const changing: ProcFiles = {
      ...proc,
      open: async () => {
        const handle = await open(path);
        const read = handle.read.bind(handle) as FileHandle['read'];
        handle.read = ((...given: Parameters<typeof read>) => {
          if (isChanging) writeFileSync(path, 'longer than it was');
          return read(...given);
        }) as FileHandle['read'];
        return handle;
      },
    };
    const executables = new Executables(changing, 100, later);
    expect((await executables.identify(1)).notes).toEqual([
      'unix:sha256 is left out: the executable was changed while it was read',
    ]);
    isChanging = false;
    expect((await executables.identify(1)).sha256).toBe(sha256('longer than it was'));
  });

  it('that may not be read is left out, and it is said what the agent needs', async () => {
    const closed: ProcFiles = {
      ...proc,
      link: () =>
        Promise.reject(
          forbidden('process-unreadable', '/proc/1/exe may not be read', { hint: 'run as root' }),
        ),
    };
    expect(await new Executables(closed, 100).identify(1)).toEqual({
      notes: ['unix:path and unix:sha256 are left out: /proc/1/exe may not be read: run as root'],
    });
  });

  it('of a process that has ended is refused', async () => {
    const gone: ProcFiles = {
      ...proc,
      stat: () => Promise.reject(forbidden('workload-ended', 'the workload has ended')),
    };
    await expect(new Executables(gone, 100).identify(1)).rejects.toThrow('has ended');
  });

  it('of a process that ends before it is read is refused, and read for another that waits', async () => {
    let opened = 0;
    const going: ProcFiles = {
      ...proc,
      open: (pid, name) => {
        opened++;
        if (pid === 2) return proc.open(pid, name);
        return Promise.reject(forbidden('workload-ended', 'the workload has ended'));
      },
    };
    const executables = new Executables(going, 100, later);
    const [first, second] = await Promise.allSettled([
      executables.identify(1),
      executables.identify(2),
    ]);
    expect(first).toMatchObject({ reason: { message: 'the workload has ended' } });
    expect(second).toMatchObject({ value: { sha256: sha256('one') } });
    expect(opened).toBe(2);
  });

  it('that may be looked at and not read has a path and no digest', async () => {
    const closed: ProcFiles = {
      ...proc,
      open: () => Promise.reject(forbidden('process-unreadable', '/proc/1/exe may not be read')),
    };
    expect(await new Executables(closed, 100).identify(1)).toEqual({
      path,
      notes: ['unix:sha256 is left out: /proc/1/exe may not be read'],
    });
  });
});
