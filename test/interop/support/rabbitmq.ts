import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelModel, connect } from 'amqplib';
import { selfSigned } from '../../../src/base/testing/certificate.ts';
import { freePort } from '../../../src/base/testing/free-port.ts';
import { untilUp } from '../../support/until-up.ts';
import { debianPackages } from './debian.ts';
import type { Peer } from './tools.ts';

/** The script of RabbitMQ itself: Debian's, which stands in the path, changes to a user who may not write here. */
const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';

const CONTROL = '/usr/lib/rabbitmq/bin/rabbitmqctl';

export const debianRabbitmq = (): Peer => debianPackages(['rabbitmq-server'], SERVER);

/** A RabbitMQ of its own: node name, folder with its cookie and data, ports of 127.0.0.1, and processes. */
export class Rabbitmq {
  readonly folder = mkdtempSync(join(tmpdir(), 'reeve-rabbitmq-'));
  readonly port: number;
  readonly managementPort: number;
  /** May do everything. */
  readonly admin = { username: 'keeper', password: randomBytes(18).toString('base64url') };
  readonly #children: ChildProcess[] = [];
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(ports: readonly [number, number, number, number], lines: readonly string[]) {
    const [port, managementPort, distPort, epmdPort] = ports;
    this.port = port;
    this.managementPort = managementPort;
    for (const name of ['data', 'log']) mkdirSync(join(this.folder, name));
    const settings = [
      `listeners.tcp.default = 127.0.0.1:${port}`,
      'management.tcp.ip = 127.0.0.1',
      `management.tcp.port = ${managementPort}`,
      `default_user = ${this.admin.username}`,
      `default_pass = ${this.admin.password}`,
      ...['log.file.level = debug', 'disk_free_limit.absolute = 1MB', ...lines],
    ];
    writeFileSync(join(this.folder, 'rabbitmq.conf'), `${settings.join('\n')}\n`);
    writeFileSync(join(this.folder, 'plugins'), '[rabbitmq_management].\n');
    this.#environment = {
      PATH: process.env.PATH,
      HOME: this.folder,
      ERL_EPMD_PORT: String(epmdPort),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_NODENAME: `reeve-${port}@localhost`,
      RABBITMQ_DIST_PORT: String(distPort),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
      RABBITMQ_MNESIA_BASE: join(this.folder, 'data'),
      RABBITMQ_LOG_BASE: join(this.folder, 'log'),
      RABBITMQ_CONFIG_FILE: join(this.folder, 'rabbitmq.conf'),
      RABBITMQ_ADVANCED_CONFIG_FILE: join(this.folder, 'none.config'),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_ENABLED_PLUGINS_FILE: join(this.folder, 'plugins'),
    };
  }

  /** @param lines more of its configuration */
  static async start(lines: readonly string[] = []): Promise<Rabbitmq> {
    const rabbitmq = new Rabbitmq(
      [await freePort(), await freePort(), await freePort(), await freePort()],
      lines,
    );
    // it would start a daemon of its own, which nobody ends
    const epmdPort = rabbitmq.#environment.ERL_EPMD_PORT ?? '';
    process.once('exit', rabbitmq.#kill);
    try {
      const epmd = rabbitmq.#spawn('epmd', ['-port', epmdPort, '-address', '127.0.0.1']);
      await untilUp('epmd', epmd, () => listens(Number(epmdPort)));
      const server = rabbitmq.#spawn(SERVER, []);
      await untilUp('RabbitMQ', server, () => rabbitmq.call('GET', '/whoami'));
      return rabbitmq;
    } catch (thrown) {
      await rabbitmq.close();
      throw thrown;
    }
  }

  /** A certificate and its lines of the configuration: AMQP and the HTTP API at ports of their own, with TLS. */
  static async certify(name: string) {
    const { cert: certificate, key } = await selfSigned(name);
    const folder = mkdtempSync(join(tmpdir(), 'reeve-rabbitmq-tls-'));
    const [caFile, keyFile] = [join(folder, 'ca.pem'), join(folder, 'key.pem')];
    writeFileSync(caFile, certificate);
    writeFileSync(keyFile, key);
    const [port, managementPort] = [await freePort(), await freePort()];
    const files = ['ssl_options', 'management.ssl'].flatMap((prefix) => [
      `${prefix}.certfile = ${caFile}`,
      `${prefix}.keyfile = ${keyFile}`,
    ]);
    const lines = [
      `listeners.ssl.default = 127.0.0.1:${port}`,
      'management.ssl.ip = 127.0.0.1',
      `management.ssl.port = ${managementPort}`,
      ...files,
    ];
    const forget = () => rmSync(folder, { recursive: true });
    return { caFile, port, managementPort, lines, forget };
  }

  /** Asks the HTTP API as the administrator. */
  async call(method: string, path: string, body?: object): Promise<unknown> {
    const { username, password } = this.admin;
    const answer = await fetch(`http://127.0.0.1:${this.managementPort}/api${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  }

  /** Has the broker itself do something, in Erlang. */
  eval(code: string): void {
    const { status, stderr } = spawnSync(CONTROL, ['eval', code], {
      env: this.#environment,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`rabbitmqctl eval: ${stderr}`);
  }

  connect(username = '', password = '', vhost = '/'): Promise<ChannelModel> {
    const place = { protocol: 'amqp', hostname: '127.0.0.1', port: this.port };
    return connect({ ...place, username, password, vhost });
  }

  log(): string {
    const folder = join(this.folder, 'log');
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
  }

  async close(): Promise<void> {
    const ended = this.#children
      .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
      .map((child) => once(child, 'exit'));
    this.#kill();
    await Promise.all(ended);
    process.off('exit', this.#kill);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #spawn(program: string, words: readonly string[]): ChildProcess {
    // the script starts others: a group of its own ends with all of them
    const options = { env: this.#environment, stdio: 'ignore', detached: true } as const;
    const child = spawn(program, [...words], options);
    this.#children.push(child);
    return child;
  }

  readonly #kill = () => {
    for (const { pid } of this.#children) {
      try {
        if (pid !== undefined) process.kill(-pid, 'SIGKILL');
      } catch {
        // has ended
      }
    }
  };
}

async function listens(port: number): Promise<boolean> {
  const socket = connectSocket(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
  return true;
}
