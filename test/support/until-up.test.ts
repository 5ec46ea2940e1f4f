import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { untilUp } from './until-up.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function run(code: string): ChildProcess {
  const child = spawn(process.execPath, ['-e', code], { stdio: 'ignore' });
  children.push(child);
  return child;
}
const LIVES = 'setInterval(() => {}, 1_000)';

describe('a program that was started', () => {
  it('is waited for until it answers', async () => {
    let asked = 0;
    await untilUp('it', run(LIVES), async () => {
      asked++;
      if (asked === 1) throw new Error('nothing listens there');
      return asked === 3;
    });
    expect(asked).toBe(3);
  });

  it.each([
    ['by itself', 'process.exit(3)', 'it ended at its start (3) a log'],
    [
      'by a signal',
      "process.kill(process.pid, 'SIGTERM')",
      'it ended at its start (SIGTERM) a log',
    ],
  ])('is not waited for when it has ended %s', async (_, code, message) => {
    const waiting = untilUp(
      'it',
      run(code),
      async () => false,
      () => 'a log',
    );
    await expect(waiting).rejects.toThrow(message);
  });
});
