import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const TIMEOUT_MS = 20_000;
const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;

export type ToolOutput =
  | { readonly text: string; readonly why?: undefined }
  | { readonly text?: undefined; readonly why: string };

/** The program of this name on the search path. */
export function toolPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs a renderer without a shell, bounded in time and output. It finds no other program (Git would
 *  fetch), no configuration of the user and no way through a proxy; its errors are not repeated,
 *  because they quote their input. */
export function runTool(program: string, words: readonly string[]): ToolOutput {
  const nowhere = 'http://127.0.0.1:9';
  const result = spawnSync(program, [...words], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_OUTPUT_BYTES,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: '/nonexistent',
      HOME: join(tmpdir(), 'nonexistent'),
      HTTP_PROXY: nowhere,
      HTTPS_PROXY: nowhere,
      http_proxy: nowhere,
      https_proxy: nowhere,
    },
  });
  if (result.error) {
    const code = (result.error as NodeJS.ErrnoException).code;
    if (code === 'ETIMEDOUT') return { why: `took longer than ${TIMEOUT_MS / 1_000} s` };
    if (code === 'ENOBUFS')
      return { why: `printed more than ${MAX_OUTPUT_BYTES / 1024 / 1024} MB` };
    return { why: 'could not be run' };
  }
  return result.status === 0 ? { text: result.stdout } : { why: 'failed on it' };
}
