import { execFile } from 'node:child_process';
import { format } from 'node:util';
import { expect, vi } from 'vitest';
import { run } from '../run.ts';

/** How a command has ended, and what it wrote. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `reeve ARGS` in this process, one at a time, as the program does; not for commands that start
 *  themselves again in a process of their own.
 *  @param token what the server is asked with */
export async function runReeve(args: readonly string[], token: string): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const line =
    (stream: keyof typeof written) =>
    (...values: unknown[]) => {
      written[stream] += `${format(...values)}\n`;
    };
  const piece = (stream: keyof typeof written) => (text: string | Uint8Array) => {
    written[stream] += String(text);
    return true;
  };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(line('stdout')),
    vi.spyOn(console, 'error').mockImplementation(line('stderr')),
    vi.spyOn(process.stdout, 'write').mockImplementation(piece('stdout')),
    vi.spyOn(process.stderr, 'write').mockImplementation(piece('stderr')),
  ];
  vi.stubEnv('REEVE_TOKEN', token);
  try {
    await run(args);
    return { status: Number(process.exitCode ?? 0), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
    process.exitCode = 0;
  }
}

/** The command itself, as a shell starts it.
 *  @param input what it finds on standard input */
export function spawnReeve(args: readonly string[], token: string, input = ''): Promise<Ended> {
  const env = { ...process.env, REEVE_TOKEN: token, NO_COLOR: '1' };
  return new Promise((resolve) => {
    const child = execFile('bin/reeve', [...args], { env }, (_error, stdout, stderr) => {
      resolve({ status: child.exitCode ?? -1, stdout, stderr });
    });
    child.stdin?.end(input);
  });
}

/** Done, in lines of 80 columns. */
export function expectDone(ended: Ended): Ended {
  expect(ended, ended.stderr).toMatchObject({ status: 0 });
  for (const line of `${ended.stdout}\n${ended.stderr}`.split('\n')) {
    expect(line.length, line).toBeLessThanOrEqual(80);
  }
  return ended;
}

/** Refused before or by the server, with what to do about it. */
export function expectRefused(ended: Ended, message: string, hint: string): void {
  expect(ended).toMatchObject({ status: 2, stdout: '' });
  const [said = '', ...hints] = ended.stderr.trimEnd().split('\n');
  expect(said).toContain(message);
  expect(hints.join('\n')).toContain(hint);
}

/** Without the breaks that width brings. */
export const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');
