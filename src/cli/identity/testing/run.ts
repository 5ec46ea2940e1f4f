import { Command, CommanderError } from 'commander';
import { vi } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { addIdentity } from '../../commands/identity.ts';

/** How a command has ended, and what it wrote. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const BAD_INPUT = 2;

/** Runs `reeve identity …` in this process, one at a time; `main.ts` ends it in the same way. */
export async function runIdentity(args: readonly string[], token: string): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const to = (stream: keyof typeof written) => (text: unknown) => {
    written[stream] += `${String(text)}\n`;
  };
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(to('stdout')),
    vi.spyOn(console, 'error').mockImplementation(to('stderr')),
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written.stdout += String(text);
      return true;
    }),
  ];
  vi.stubEnv('REEVE_TOKEN', token);
  const program = new Command('reeve').exitOverride().configureOutput({
    writeErr: (text) => {
      written.stderr += text;
    },
  });
  addIdentity(program);
  try {
    await program.parseAsync(['identity', ...args], { from: 'user' });
    return { status: Number(process.exitCode ?? 0), ...written };
  } catch (thrown) {
    if (thrown instanceof CommanderError) return { status: BAD_INPUT, ...written };
    if (!(thrown instanceof Fault)) throw thrown;
    written.stderr += `reeve: ${thrown.file ?? ''}:${thrown.line}: ${thrown.message}\n${thrown.hint}\n`;
    return { status: BAD_INPUT, ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
    process.exitCode = 0;
  }
}
