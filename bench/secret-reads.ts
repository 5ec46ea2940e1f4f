import { once } from 'node:events';
import { Agent, get } from 'node:https';
import { fileURLToPath } from 'node:url';
import { leaveFirstCore, spawnOnFirstCore } from './support/cores.ts';
import { cpuSeconds } from './support/process-figures.ts';
import type { SecretReadsReady } from './support/secret-reads-server.ts';

/** Secrets read by a workload over mutual TLS, each decrypted, allowed by its declaration, and in the signed audit log
 *  on the disk before it is given; beside a bare HTTPS server of Node with the same certificates in the same process,
 *  which answers as many bytes. To reach: 5,000 reads/s for each second of processor time. `--quick`: shorter. */
const TO_REACH = 5_000;
const isQuick = process.argv.includes('--quick');
const SECONDS = isQuick ? 2 : 5;
const ROUNDS = isQuick ? 2 : 3;
const CONNECTIONS = 64;
const FLAGS = ['--max-semi-space-size=8', '--disable-warning=ExperimentalWarning'];
const SERVER = fileURLToPath(new URL('./support/secret-reads-server.ts', import.meta.url));

const server = spawnOnFirstCore(process.execPath, [...FLAGS, SERVER], {
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
});
console.log(leaveFirstCore());
const [ready] = (await once(server, 'message')) as [SecretReadsReady];
const { cert, key, ca, paths } = ready;
// the certificates are made for workloads, and not for this address
const agent = new Agent({
  ...{ keepAlive: true, maxSockets: CONNECTIONS, cert, key, ca },
  checkServerIdentity: () => undefined,
});

function read(port: number, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = get({ agent, host: '127.0.0.1', port, path }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
      response.resume().once('end', resolve);
    });
    asked.once('error', reject);
  });
}

interface Measured {
  readonly aSecond: number;
  readonly aCore: number;
  readonly p50: number;
  readonly p99: number;
}

async function load(port: number, seconds: number): Promise<Measured> {
  const times: number[] = [];
  const [started, cpu] = [performance.now(), cpuSeconds(server.pid ?? 0)];
  const until = started + seconds * 1_000;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, at) => {
      for (let turn = at; performance.now() < until; turn++) {
        const before = performance.now();
        await read(port, paths[turn % paths.length] ?? '');
        times.push(performance.now() - before);
      }
    }),
  );
  const wall = (performance.now() - started) / 1_000;
  const used = cpuSeconds(server.pid ?? 0) - cpu;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  return { aSecond: times.length / wall, aCore: times.length / used, p50: at(0.5), p99: at(0.99) };
}

const whole = (value: number): string => Math.round(value).toLocaleString('en').padStart(7);
const print = (name: string, { aSecond, aCore, p50, p99 }: Measured, more: string): void =>
  console.log(
    `${name.padEnd(28)} ${whole(aSecond)} a s ${whole(aCore)} a core   p50 ${p50.toFixed(1)} ms p99 ${p99.toFixed(1)} ms   ${more}`,
  );

for (const port of [ready.reeve, ready.bare]) await load(port, 1);
let best = 0;
for (let round = 0; round < ROUNDS; round++) {
  const bare = await load(ready.bare, SECONDS);
  const reeve = await load(ready.reeve, SECONDS);
  best = Math.max(best, reeve.aCore);
  print('bare HTTPS of Node', bare, '');
  print('secrets read', reeve, `x${(reeve.aCore / bare.aCore).toFixed(2)} of bare`);
}
console.log(
  `the best of ${ROUNDS} rounds: ${whole(best).trim()} reads/s a core; to reach: ${whole(TO_REACH).trim()}`,
);
agent.destroy();
server.disconnect();
