import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../src/base/testing/free-port.ts';
import { goProgram } from './tools.ts';

/** The Open Policy Agent, as its own server. */
export const opa = goProgram('opa', 'github.com/open-policy-agent/opa', 'v1.22.2');

export const opaProgram = join(opa.path ?? '', 'opa');

export interface RunningOpa {
  readonly url: string;
  /** What it has logged. */
  readonly log: () => string;
  /** The `result` of a rule (`reeve/authz/allow`). */
  readonly ask: (rule: string, input?: unknown) => Promise<unknown>;
  /** Puts data in the place of what was there. */
  readonly put: (path: string, data: unknown) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const START_TRIES = 400;
const START_PAUSE_MS = 25;

/** Starts an OPA on loopback with options and files of its command line, and waits until it answers. */
export async function startOpa(words: readonly string[], logLevel = 'error'): Promise<RunningOpa> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const fixed = ['run', '--server', `--addr=127.0.0.1:${port}`, '--skip-version-check'];
  const process = spawn(opaProgram, [...fixed, `--log-level=${logLevel}`, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  process.stderr.on('data', (chunk) => {
    log += chunk;
  });
  await isUp(process, url, () => log);
  return {
    url,
    log: () => log,
    ask: async (rule, input) => {
      const answer = await send(`${url}/v1/data/${rule}`, 'POST', { input });
      return ((await answer.json()) as { result?: unknown }).result;
    },
    put: async (path, data) => {
      await send(`${url}/v1/data/${path}`, 'PUT', data);
    },
    stop: async () => {
      if (process.exitCode !== null) return;
      process.kill();
      await once(process, 'exit');
    },
  };
}

async function isUp(process: ChildProcess, url: string, log: () => string): Promise<void> {
  for (let tries = 0; tries < START_TRIES && process.exitCode === null; tries++) {
    if ((await fetch(`${url}/health`).catch(() => undefined))?.ok) return;
    await sleep(START_PAUSE_MS);
  }
  process.kill();
  throw new Error(`OPA did not start: ${log()}`);
}

async function send(url: string, method: string, body: unknown): Promise<Response> {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`OPA answered ${answer.status}: ${await answer.text()}`);
  return answer;
}
