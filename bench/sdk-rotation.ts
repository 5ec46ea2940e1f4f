import { once } from 'node:events';
import { get } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createMtlsAgent } from '../sdk/src/index.ts';
import { MemorySource } from '../sdk/src/testing/memory-source.ts';
import { TrustDomain } from '../sdk/src/testing/trust-domain.ts';
import { handed, partsOf } from './support/sdk-identities.ts';

/** Requests through `createMtlsServer` and `createMtlsAgent`, 5,000 a second over connections that are
 *  kept alive, while both ends get another SVID every second, at different moments, and the root of the
 *  trust domain is replaced: the next root is published, signs, and the last one is withdrawn. To reach:
 *  no request fails. */
const REQUESTS_A_SECOND = 5_000;
const SECONDS = 20;
const SOCKETS = 32;
const SVID_SECONDS = 60;
const PUBLISH_AT = 6;
const ACTIVATE_AT = 9;
const WITHDRAW_AT = 13;
const ORDERS = '/ns/shop/sa/orders';
const PAYMENTS = '/ns/shop/sa/payments';

const domain = new TrustDomain('example.org');
/** Issues from when the root is replaced. */
const next = new TrustDomain('example.org');
const server = new Worker(new URL('./support/sdk-server.ts', import.meta.url));
const source = new MemorySource();

function authoritiesAt(second: number): Buffer[] {
  const last = second < WITHDRAW_AT ? domain.authorities : [];
  return second < PUBLISH_AT ? last : [...last, ...next.authorities];
}

/** Gives one end its identity of this second. */
function renew(end: 'server' | 'client', second: number): void {
  const issuer = second < ACTIVATE_AT ? domain : next;
  const svid = issuer.issue(end === 'server' ? PAYMENTS : ORDERS, SVID_SECONDS);
  const identity = handed(svid, authoritiesAt(second));
  if (end === 'server') server.postMessage(identity);
  else source.set(partsOf(identity));
}

renew('server', 0);
renew('client', 0);
server.postMessage('listen');
const [port] = (await once(server, 'message')) as [number];
const agent = createMtlsAgent({
  source,
  accept: `spiffe://example.org${PAYMENTS}`,
  agent: { maxSockets: SOCKETS },
});

let sent = 0;
let answered = 0;
const failures = new Map<string, number>();
const latencies: number[] = [];

function ask(): void {
  const start = performance.now();
  sent++;
  const request = get({ agent, host: '127.0.0.1', port }, (response) => {
    response.resume();
    response.on('end', () => {
      latencies.push(performance.now() - start);
      if (response.statusCode === 200) answered++;
      else fail(`status ${response.statusCode}`);
    });
    response.on('error', (error) => fail(error.message));
  });
  request.on('error', (error) => fail(error.message));
}

function fail(why: string): void {
  failures.set(why, (failures.get(why) ?? 0) + 1);
}

const start = performance.now();
const before = process.cpuUsage();
let second = 0;
const failed = () => [...failures.values()].reduce((sum, count) => sum + count, 0);
for (;;) {
  const elapsed = (performance.now() - start) / 1_000;
  if (elapsed >= SECONDS) break;
  // What cannot be sent in time is sent late, and not left out; no more than this wait at once.
  while (sent < elapsed * REQUESTS_A_SECOND && sent - answered - failed() < 2_000) ask();
  if (Math.floor(elapsed) > second) {
    second = Math.floor(elapsed);
    const now = second;
    const [first, last] =
      now % 2 === 0 ? (['server', 'client'] as const) : (['client', 'server'] as const);
    renew(first, now);
    setTimeout(() => renew(last, now), 300);
  }
  await sleep(1);
}
while (answered + failed() < sent) await sleep(5);
const seconds = (performance.now() - start) / 1_000;
const { user, system } = process.cpuUsage(before);
server.postMessage('tell');
const [told] = (await once(server, 'message')) as [{ handshakes: number; refused: string[] }];
for (const refusal of told.refused) fail(`the server refused: ${refusal}`);

latencies.sort((a, b) => a - b);
const at = (share: number) => (latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(1);
const print = (label: string, value: string) =>
  console.log(`${label.padEnd(44)} ${value.padStart(12)}`);
print('requests', answered.toLocaleString('en'));
print('  a second', Math.round(answered / seconds).toLocaleString('en'));
print(
  '  for each second of processor time',
  Math.round((answered * 1e6) / (user + system)).toLocaleString('en'),
);
print('  p50, p99', `${at(0.5)} ms, ${at(0.99)} ms`);
print('SVIDs of each end, roots', `${second + 1}, 2`);
print('handshakes', told.handshakes.toLocaleString('en'));
print('failed', String(failed()));
for (const [why, count] of failures) console.log(`  ${count} x ${why}`);
if (failed() > 0) process.exitCode = 1;
agent.destroy();
await server.terminate();
