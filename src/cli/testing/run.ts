import { format } from 'node:util';
import { vi } from 'vitest';
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
