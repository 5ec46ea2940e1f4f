import { readFileSync } from 'node:fs';
import type { ClientHttp2Session } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { leaveFirstCore } from './support/cores.ts';
import { IdentityProcess } from './support/identity-process.ts';
import type { IdentityFigures } from './support/identity-server.ts';
import { followSvids } from './support/svid-stream.ts';

/** 10,000 workloads whose X.509-SVIDs of one hour are kept fresh by one core. To reach: under 10 % of it.
 *
 *  All of it is real: each workload has a stream of the Workload API on a connection of its own and is attested
 *  anew for each message; each SVID has a new key, and its entry in the audit log is on the disk before it is
 *  handed out. Only time is made shorter: SVIDs live for a minute, so that renewals, and nothing else, come 60
 *  times as often. What costs processor time although nothing is renewed is measured apart, with SVIDs of an hour. */
const SVIDS = 10_000;
const HOUR = 3_600;
const SHORT = 60;
const SHARE_TO_REACH = 0.1;
const IDLE_SECONDS = 15;
const SPREAD_SECONDS = 60;
const MEASURED_SECONDS = 60;
const AT_ONCE = 100;
/** By half of the lifetime, less up to a tenth of it: the mean. */
const RENEWED_AFTER = 0.45;

/** A connection takes two descriptors of the server: the socket, and the kernel's handle on the process. */
const descriptors = Number(
  /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1_024,
);
const connections = Math.min(SVIDS, Math.floor((descriptors - 500) / 2));

function entries(x509TtlSeconds: number): readonly unknown[] {
  return Array.from({ length: SVIDS }, (_, index) => ({
    spiffeId: `spiffe://example.org/ns/bench/sa/workload-${index}`,
    owner: 'team-bench',
    selectors: [`bench:connection:${index % connections}`],
    x509TtlSeconds,
  }));
}

/** When each workload was last given something, and the longest that one of them had to wait. */
class Workloads {
  readonly #lastAt: number[] = [];
  readonly #sessions: ClientHttp2Session[] = [];
  told = 0;
  longestSeconds = 0;
  failure: string | undefined;

  async connect(socket: string): Promise<void> {
    for (let number = 0; number < connections; number++) {
      this.#sessions.push(this.#follow(socket, number));
      while (number - this.told > AT_ONCE && this.failure === undefined) await sleep(1);
    }
    while (this.told < connections && this.failure === undefined) await sleep(1);
  }

  #follow(socket: string, number: number): ClientHttp2Session {
    const onMessage = (): void => {
      const now = performance.now();
      const before = this.#lastAt[number];
      this.#lastAt[number] = now;
      this.told++;
      if (before === undefined) return;
      this.longestSeconds = Math.max(this.longestSeconds, (now - before) / 1_000);
    };
    return followSvids(socket, onMessage, (why) => {
      this.failure ??= why;
    });
  }

  /** Counts the waiting from now on. */
  forget(): void {
    this.longestSeconds = 0;
    this.#lastAt.fill(performance.now());
  }

  close(): void {
    for (const session of this.#sessions) session.destroy();
  }
}

interface Window {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly issued: number;
}

async function measured(server: IdentityProcess, work: () => Promise<unknown>): Promise<Window> {
  const before = await server.ask();
  const start = performance.now();
  await work();
  const after = await server.ask();
  return {
    seconds: (performance.now() - start) / 1_000,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    issued: after.issued - before.issued,
  };
}

function print(label: string, value: string): void {
  console.log(`${label.padEnd(58)} ${value.padStart(12)}`);
}

const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
const milliseconds = (seconds: number) => `${(seconds * 1_000).toFixed(2)} ms`;

function printFirst(first: Window, { residentMegabytes }: IdentityFigures, bare: number): void {
  const apart = SVIDS - connections;
  const split = apart > 0 ? `, ${apart} of them with two identities` : '';
  console.log(`${connections} workloads${split}; ${SVIDS} SVIDs`);
  print('all asking at once: SVIDs handed out', `${Math.round(SVIDS / first.seconds)}/s`);
  print('  processor time of one', milliseconds(first.cpuSeconds / SVIDS));
  print('memory of the process, with all of them', `${residentMegabytes} MB`);
  print('  with none', `${bare} MB`);
}

async function main(): Promise<void> {
  console.log(leaveFirstCore());
  const server = await IdentityProcess.start({
    maxConnections: connections + 10,
    isEachConnectionAWorkload: true,
  });
  const workloads = new Workloads();
  try {
    const { residentMegabytes: bare } = await server.ask({ entries: entries(HOUR) });
    const first = await measured(server, () => workloads.connect(server.socket));
    printFirst(first, await server.ask(), bare);
    await sleep(2_000);
    const idle = await measured(server, () => sleep(IDLE_SECONDS * 1_000));
    const all = await measured(server, async () => {
      const { issued } = await server.ask();
      await server.ask({ entries: entries(SHORT) });
      while ((await server.ask()).issued < issued + SVIDS) await sleep(200);
    });
    print('all renewed at once', `${Math.round(SVIDS / all.seconds)}/s`);
    await sleep(SPREAD_SECONDS * 1_000);
    workloads.forget();
    const short = await measured(server, () => sleep(MEASURED_SECONDS * 1_000));
    report(idle, short, await server.ask(), workloads);
  } finally {
    workloads.close();
    await server.close();
  }
}

function report(
  idle: Window,
  short: Window,
  { failures, residentMegabytes }: IdentityFigures,
  { longestSeconds, failure }: Workloads,
): void {
  const idleShare = idle.cpuSeconds / idle.seconds;
  const shortShare = short.cpuSeconds / short.seconds;
  const each = (short.cpuSeconds - idleShare * short.seconds) / short.issued;
  const share = idleShare + each * (SVIDS / (HOUR * RENEWED_AFTER));
  console.log(`SVIDs of ${SHORT} seconds, ${HOUR / SHORT} times the load`);
  print('  renewals', `${Math.round(short.issued / short.seconds)}/s`);
  print('  longest that a workload went without a new one', `${longestSeconds.toFixed(1)} s`);
  print('  share of a core', percent(shortShare));
  print('  processor time of a renewal', milliseconds(each));
  print('  memory of the process', `${residentMegabytes} MB`);
  console.log('SVIDs of one hour');
  print('  share of a core while nothing is renewed', percent(idleShare));
  const over = share < SHARE_TO_REACH ? '' : `   (over ${percent(SHARE_TO_REACH)})`;
  print('  share of a core with the renewals', `${percent(share)}${over}`);
  const isFresh = longestSeconds < SHORT && failures === 0 && failure === undefined;
  if (!isFresh) process.exitCode = 1;
  if (failure !== undefined) console.error(`a stream ended: ${failure}`);
  if (failures > 0) console.error(`${failures} SVIDs could not be issued at first`);
}

await main();
