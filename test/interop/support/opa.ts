import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../../../src/base/testing/free-port.ts';
import { untilUp } from '../../support/until-up.ts';
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
  const isHealthy = async () => (await fetch(`${url}/health`)).ok;
  await untilUp('OPA', process, isHealthy, () => log).catch((thrown) => {
    process.kill();
    throw thrown;
  });
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

async function send(url: string, method: string, body: unknown): Promise<Response> {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`OPA answered ${answer.status}: ${await answer.text()}`);
  return answer;
}
