import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../base/fault.ts';
import { AccessLogConfig } from './config/index.ts';
import { type LogBatch, type LogPosition, type Tail, tailLogs } from './index.ts';

const LINE = (n: number | string) =>
  `{"time":"2026-11-22T03:25:12Z","service":"orders","method":"GET","path":"/orders/${n}","status":200}\n`;

let folder: string;
let file: string;
let open: Tail[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-tail-'));
  file = join(folder, 'access.log');
  open = [];
});
afterEach(async () => {
  await Promise.all(open.map((tail) => tail.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** Stands for what keeps batches: sightings and positions together, or neither. */
class Kept {
  readonly paths: string[] = [];
  readonly drops: string[] = [];
  readonly problems: Fault[] = [];
  position: LogPosition | undefined;
  batches = 0;
  /** What submitting waits for. */
  gate: () => Promise<void> = async () => {};

  async submit(batch: LogBatch): Promise<void> {
    await this.gate();
    this.batches++;
    this.paths.push(...batch.sightings.map(({ path }) => path.slice('/orders/'.length)));
    for (const [reason, count] of Object.entries(batch.drops))
      this.drops.push(`${count} ${reason}`);
    // Through JSON, as it will be stored.
    this.position = JSON.parse(JSON.stringify(batch.position));
  }
}

function follow(kept: Kept, config: object = {}): Tail {
  const tail = tailLogs(
    AccessLogConfig.parse({ files: [{ path: file }], pollMs: 20, retryMs: 10, ...config }),
    {
      submit: (batch) => kept.submit(batch),
      resumeFrom: (path) => (kept.position?.file === path ? kept.position : undefined),
      onProblem: (fault) => void kept.problems.push(fault),
      clock: () => Date.UTC(2026, 10, 22, 12),
    },
  );
  open.push(tail);
  return tail;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a log that is followed', () => {
  it('is read from its beginning, and as it grows', async () => {
    writeFileSync(file, LINE(1));
    const kept = new Kept();
    follow(kept);
    await until(() => kept.paths.length === 1);
    appendFileSync(file, LINE(2));
    await until(() => kept.paths.length === 2);
    expect(kept.paths).toEqual(['1', '2']);
    expect(kept.position).toMatchObject({ file, offset: LINE(1).length * 2 });
  });

  it('may appear later, with its folder', async () => {
    file = join(folder, 'later', 'access.log');
    const kept = new Kept();
    follow(kept);
    mkdirSync(join(folder, 'later'));
    writeFileSync(file, LINE(1));
    await until(() => kept.paths.length === 1);
    expect(kept.problems).toEqual([]);
  });

  it('is told of within the time of a poll, where the system is silent', async () => {
    const kept = new Kept();
    follow(kept, { pollMs: 60_000 });
    // The folder is watched, so the long poll is not waited for.
    await new Promise((resolve) => setTimeout(resolve, 50));
    writeFileSync(file, LINE(1));
    await until(() => kept.paths.length === 1);
  });

  it('gives a line when it is whole', async () => {
    const kept = new Kept();
    writeFileSync(file, LINE(1) + LINE(2).slice(0, 30));
    follow(kept);
    await until(() => kept.paths.length === 1);
    expect(kept.position?.offset).toBe(LINE(1).length);
    appendFileSync(file, LINE(2).slice(30));
    await until(() => kept.paths.length === 2);
    expect(kept.drops).toEqual([]);
  });

  it('is read to its end when it is renamed, and then the new one', async () => {
    const kept = new Kept();
    writeFileSync(file, LINE(1));
    follow(kept);
    await until(() => kept.paths.length === 1);
    renameSync(file, `${file}.1`);
    appendFileSync(`${file}.1`, LINE(2));
    writeFileSync(file, LINE(3));
    appendFileSync(`${file}.1`, LINE(4).trimEnd());
    await until(() => kept.paths.length === 4);
    expect(kept.paths).toEqual(['1', '2', '4', '3']);
    appendFileSync(file, LINE(5));
    await until(() => kept.paths.length === 5);
  });

  it('is still read when programs go on writing to it after it was renamed', async () => {
    const kept = new Kept();
    writeFileSync(file, LINE(1));
    follow(kept, { pollMs: 2_000 });
    await until(() => kept.paths.length === 1);
    renameSync(file, `${file}.1`);
    writeFileSync(file, LINE(3));
    for (const n of ['a', 'b', 'c']) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      appendFileSync(`${file}.1`, LINE(n));
    }
    await until(() => kept.paths.length === 5);
    expect(kept.paths).toEqual(['1', 'a', 'b', 'c', '3']);
  });

  it('is read from the beginning again when its end is cut off', async () => {
    const kept = new Kept();
    const lines = [1, 2, 3, 4, 5].map(LINE);
    writeFileSync(file, lines.join(''));
    follow(kept);
    await until(() => kept.paths.length === 5);
    truncateSync(file, lines.slice(0, 3).join('').length);
    await until(() => kept.paths.length === 8);
    expect(kept.paths).toEqual(['1', '2', '3', '4', '5', '1', '2', '3']);
  });

  it('is read from the beginning again when it is copied and cut', async () => {
    const kept = new Kept();
    writeFileSync(file, LINE(1) + LINE(2) + LINE(3));
    follow(kept);
    await until(() => kept.paths.length === 3);
    truncateSync(file);
    appendFileSync(file, LINE(4));
    await until(() => kept.paths.length === 4);
    expect(kept.paths).toEqual(['1', '2', '3', '4']);
  });

  it('is read from the beginning again when it was written anew and is longer', async () => {
    const kept = new Kept();
    writeFileSync(file, LINE('old'));
    follow(kept, { pollMs: 50 });
    await until(() => kept.paths.length === 1);
    writeFileSync(file, LINE('new') + LINE('longer'));
    await until(() => kept.paths.length === 3);
    expect(kept.paths).toEqual(['old', 'new', 'longer']);
  });

  it('waits while what was read is being stored', async () => {
    const kept = new Kept();
    const { promise, resolve } = Promise.withResolvers<void>();
    kept.gate = () => promise;
    writeFileSync(file, Array.from({ length: 1_000 }, (_, n) => LINE(n)).join(''));
    let submitted = 0;
    const submit = kept.submit.bind(kept);
    kept.submit = (batch) => {
      submitted += batch.sightings.length;
      return submit(batch);
    };
    follow(kept, { chunkBytes: 1_024 });
    await until(() => submitted > 0);
    await new Promise((done) => setTimeout(done, 100));
    expect(submitted).toBeLessThan(20);
    resolve();
    await until(() => kept.paths.length === 1_000);
    expect(kept.paths).toEqual(Array.from({ length: 1_000 }, (_, n) => String(n)));
  });

  it('is submitted again where it could not be stored, each line once', async () => {
    const kept = new Kept();
    let failures = 3;
    kept.gate = async () => {
      if (failures-- > 0) throw new Error('away');
    };
    writeFileSync(file, LINE(1) + LINE(2));
    follow(kept);
    await until(() => kept.paths.length === 2);
    expect(kept.paths).toEqual(['1', '2']);
  });

  it('ends promptly, even while something is being stored', async () => {
    const kept = new Kept();
    let isAsked = false;
    kept.gate = () => {
      isAsked = true;
      return new Promise(() => {});
    };
    writeFileSync(file, LINE(1));
    const tail = follow(kept, { pollMs: 60_000 });
    await until(() => isAsked);
    await tail.close();
    expect(kept.batches).toBe(0);
  });

  it('is passed over where a line is too long or is none, and goes on', async () => {
    const kept = new Kept();
    writeFileSync(
      file,
      Buffer.concat([
        Buffer.alloc(5_000),
        Buffer.from('\n'),
        Buffer.from([0xff, 0xfe, 0x0a]),
        Buffer.from(LINE(1)),
      ]),
    );
    follow(kept, { maxLineBytes: 1_024 });
    await until(() => kept.paths.length === 1);
    expect(kept.drops).toEqual(['1 line too long', '1 not a known format']);
  });

  it('that is no file is a problem, told once, until it is one', async () => {
    const kept = new Kept();
    mkdirSync(file);
    follow(kept);
    await until(() => kept.problems.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(kept.problems.map(({ code }) => code)).toEqual(['access-log/file-invalid']);
    rmSync(file, { recursive: true });
    writeFileSync(file, LINE(1));
    await until(() => kept.paths.length === 1);
  });
});

describe('a log that is followed again', () => {
  async function readOnce(kept: Kept, count: number): Promise<void> {
    const tail = follow(kept);
    await until(() => kept.paths.length === count);
    await tail.close();
  }

  it('goes on where what was stored ends', async () => {
    const kept = new Kept();
    writeFileSync(file, LINE(1) + LINE(2).slice(0, 10));
    await readOnce(kept, 1);
    appendFileSync(file, LINE(2).slice(10) + LINE(3));
    await readOnce(kept, 3);
    expect(kept.paths).toEqual(['1', '2', '3']);
    expect(kept.problems).toEqual([]);
  });

  it('reads again what was submitted and not stored', async () => {
    const kept = new Kept();
    writeFileSync(file, LINE(1));
    await readOnce(kept, 1);
    appendFileSync(file, LINE(2));
    kept.gate = () => new Promise(() => {});
    const tail = follow(kept);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await tail.close();
    kept.gate = async () => {};
    await readOnce(kept, 2);
    expect(kept.paths).toEqual(['1', '2']);
  });

  it('finds the rest in the file that was renamed meanwhile', async () => {
    const kept = new Kept();
    writeFileSync(file, LINE(1));
    await readOnce(kept, 1);
    appendFileSync(file, LINE(2));
    renameSync(file, join(folder, 'access.log-20261122'));
    writeFileSync(join(folder, 'access.log.2'), LINE('other'));
    writeFileSync(file, LINE(3));
    await readOnce(kept, 3);
    expect(kept.paths).toEqual(['1', '2', '3']);
    expect(kept.problems).toEqual([]);
  });

  it('says so where the rest is gone, and reads the new file', async () => {
    const kept = new Kept();
    writeFileSync(file, LINE(1));
    await readOnce(kept, 1);
    rmSync(file);
    writeFileSync(join(folder, 'blocks-the-inode'), '');
    writeFileSync(file, LINE('new'));
    await readOnce(kept, 2);
    expect(kept.paths).toEqual(['1', 'new']);
    expect(kept.problems.map(({ code }) => code)).toEqual(['access-log/rest-not-found']);
  });

  it('is read from its beginning where the same file has another content', async () => {
    const kept = new Kept();
    writeFileSync(file, LINE('old'));
    await readOnce(kept, 1);
    writeFileSync(file, LINE('new') + LINE('more'));
    await readOnce(kept, 3);
    expect(kept.paths).toEqual(['old', 'new', 'more']);
  });

  it('leaves the log as it is', async () => {
    const kept = new Kept();
    writeFileSync(file, LINE(1));
    await readOnce(kept, 1);
    expect(readFileSync(file, 'utf8')).toBe(LINE(1));
    expect(existsSync(`${file}.offset`)).toBe(false);
  });
});

describe('the configuration of logs', () => {
  it('names each path once', () => {
    const result = AccessLogConfig.safeParse({
      files: [{ path: 'a' }, { path: 'a', service: 's' }],
    });
    expect(result.error?.issues[0]?.message).toBe('two entries name the same path');
  });

  it('follows nothing where nothing is said', () => {
    expect(AccessLogConfig.parse({}).files).toEqual([]);
  });
});
