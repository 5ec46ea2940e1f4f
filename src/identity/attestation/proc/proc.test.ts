import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { isDead, MAX_PROC_BYTES, parseStat, parseStatus, procFiles } from './index.ts';

const REST =
  '1 7617 7617 0 -1 4194304 9093 120 0 0 14 4 0 0 20 0 11 0 250731 1153548288 13060 18446744073709551615 1 1 0';
const UNREADABLE = 'identity/attestation-forbidden/process-unreadable';
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((each) => Buffer.from(each)),
  fc
    .array(
      fc.constantFrom('Uid:\t', 'Gid:\t', 'Groups:\t', '1', ' ', '\t', '\n', ')', '(', 'S', '-'),
    )
    .map((parts) => Buffer.from(parts.join(''))),
);
/** Runs a parser on anything: a value, or the Fault that says it is none. */
function valueOrFault<Value>(parse: (given: Buffer) => Value, given: Buffer): Value | undefined {
  try {
    return parse(given);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Fault);
    expect((thrown as Fault).code).toBe(UNREADABLE);
    return undefined;
  }
}

describe('the stat of a process', () => {
  it.each([
    ['node', 'S', 250_731],
    ['a) R (b', 'S', 250_731],
    [') S 1 1 1 1', 'R', 250_731],
    ['new\nline', 'Z', 250_731],
    ['', 'X', 250_731],
  ])('of the name %j says its state and start', (name, state, startTicks) => {
    const stat = parseStat(Buffer.from(`7617 (${name}) ${state} ${REST}\n`));
    expect(stat).toEqual({ state, startTicks });
    expect(isDead(stat)).toBe('ZX'.includes(state));
  });

  it.each(['', '7617', '7617 (node)', '7617 (node) S 1 2 3', `7617 (node) 5 ${REST}`])(
    'is not %j',
    (text) => {
      expect(() => parseStat(Buffer.from(text))).toThrow(
        expect.objectContaining({ code: UNREADABLE }),
      );
    },
  );

  it('of any bytes is one or a Fault', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        const stat = valueOrFault(parseStat, given);
        if (stat) expect(Number.isSafeInteger(stat.startTicks)).toBe(true);
      }),
    );
  });
});

describe('the status of a process', () => {
  const status = (uid: string, gid = '5\t6\t7\t8', groups = '') =>
    Buffer.from(
      `Name:\torders\nUmask:\t0022\nUid:\t${uid}\nGid:\t${gid}\nGroups:\t${groups}\nVmPeak:\t1 kB\n`,
    );

  it.each([
    [status('1\t2\t3\t4'), { uid: 2, gid: 6, groups: [] }],
    [status('0\t0\t0\t0', '0\t0\t0\t0', '27 4 27 '), { uid: 0, gid: 0, groups: [4, 27] }],
    [status('1\t4294967295\t3\t4'), { uid: 4_294_967_295, gid: 6, groups: [] }],
  ])('says as whom it runs: %s', (given, want) => {
    expect(parseStatus(given)).toEqual(want);
  });

  it.each([
    ['is empty', Buffer.from('')],
    ['has three users', status('1\t2\t3')],
    ['has a user of letters', status('1\tx\t3\t4')],
    ['has a user of 33 bits', status('1\t4294967296\t3\t4')],
    ['has a group below zero', status('1\t2\t3\t4', '5\t-6\t7\t8')],
    ['has no groups', Buffer.from('Uid:\t1\t2\t3\t4\nGid:\t1\t2\t3\t4\n')],
    ['has a name with a user in it', Buffer.from('Name:\tx\\nUid:\t0\t0\t0\t0\n')],
  ])('is none that %s', (_, given) => {
    expect(() => parseStatus(given)).toThrow(expect.objectContaining({ code: UNREADABLE }));
  });

  it('of any bytes is one or a Fault', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        const read = valueOrFault(parseStatus, given);
        if (read) expect([read.uid, read.gid, ...read.groups].every(Number.isInteger)).toBe(true);
      }),
    );
  });
});

describe('files of processes', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'proc-'));
    mkdirSync(join(folder, '7'));
    mkdirSync(join(folder, '7/stat'));
    writeFileSync(join(folder, '7/cgroup'), '0::/');
    writeFileSync(join(folder, '7/status'), Buffer.alloc(MAX_PROC_BYTES + 1));
    chmodSync(folder, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are read to their end', async () => {
    expect((await procFiles(folder).bytes(7, 'cgroup')).toString()).toBe('0::/');
  });

  it.each([
    [8, 'cgroup', 'workload-ended', 'the workload (pid 8) has ended'],
    [7, 'stat', 'process-unreadable', '/7/stat cannot be read: EISDIR'],
    [7, 'status', 'process-unreadable', '/7/status cannot be read: it has more than 1048576 bytes'],
  ] as const)('of %i: %s is refused as %s', async (pid, name, reason, message) => {
    await expect(procFiles(folder).bytes(pid, name)).rejects.toMatchObject({
      code: `identity/attestation-forbidden/${reason}`,
      message: expect.stringContaining(message),
    });
  });

  it.runIf(process.platform === 'linux')(
    'that only root may see are refused with what the agent needs',
    async () => {
      const isRoot = process.geteuid?.() === 0;
      if (isRoot) process.seteuid?.(65_534);
      try {
        await expect(procFiles().link(1, 'exe')).rejects.toMatchObject({
          code: UNREADABLE,
          message: '/proc/1/exe may not be read',
          hint: expect.stringContaining('CAP_SYS_PTRACE'),
        });
      } finally {
        if (isRoot) process.seteuid?.(0);
      }
    },
  );
});
