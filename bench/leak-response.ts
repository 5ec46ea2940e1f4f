import { openLeakServers } from '../test/interop/support/leaked.ts';
import { type Answered, LeakDrill } from '../test/support/leaked/drill.ts';
import { apiKeyTarget, signingKeyTarget } from '../test/support/leaked/issued.ts';
import { startLeakedReeve } from '../test/support/leaked/reeve.ts';
import type { LeakTarget } from '../test/support/leaked/target.ts';
import { bareMs } from './support/leak-bare.ts';

/** A leak is reported, and its value replaced and seen to be refused by its target: of a PostgreSQL, a Redis, a MariaDB, a
 *  RabbitMQ, an API key and a signing key at once, each with a consumer that logs in all the time. Beside it what the
 *  targets' own commands take: another password, and a login that is refused. To reach: 10 seconds for all of them.
 *  Keys of AWS that are laid out in public are tried after 9 minutes at the earliest. `--quick`: fewer rounds. */
const TO_REACH_MS = 10_000;
const FIRST_ATTEMPT_MS = 9 * 60_000;
const ROUNDS = process.argv.includes('--quick') ? 2 : 7;

type Figure = 'promotedMs' | 'refusedMs' | 'containedMs';
const FIGURES: readonly Figure[] = ['promotedMs', 'refusedMs', 'containedMs'];

const servers = await openLeakServers();
const targets: readonly LeakTarget[] = [
  ...servers.targets,
  apiKeyTarget(() => reeve),
  signingKeyTarget(() => reeve),
];
const reeve = await startLeakedReeve(targets.map(({ name }) => name));
const drill = await LeakDrill.start(reeve, targets);

async function report(value: string): Promise<string> {
  const said = { value, where: 'https://paste.example.org/1', reason: 'a drill' };
  const { leak } = await reeve.ask<{ leak: { id: string } | null }>('leaks', said);
  if (leak === null) throw new Error('nothing is known to be opened by it');
  return leak.id;
}

const rounds: (readonly Answered[])[] = [];
const bare = new Map<LeakTarget, number[]>(targets.map((target) => [target, []]));
try {
  await drill.untilAllUseCurrent();
  for (let round = 0; round < ROUNDS; round++) {
    for (const target of targets) {
      const ms = await bareMs(target);
      if (ms !== undefined) bare.get(target)?.push(ms);
    }
    rounds.push(await drill.respond(report));
    await drill.untilAllUseCurrent();
  }
  await drill.stop();
  print();
} finally {
  await drill.stop();
  await reeve.close();
  await servers.close();
}

function print(): void {
  const seconds = (ms: number | undefined): string =>
    (ms === undefined || Number.isNaN(ms) ? '-' : (ms / 1_000).toFixed(2)).padStart(9);
  console.log('seconds from report to    promoted  refused  contained     bare    ratio  failures');
  for (const [at, target] of targets.entries()) {
    const [promoted, refused, contained] = FIGURES.map((figure) =>
      median(rounds.map((round) => round[at]?.[figure] ?? Number.NaN)),
    );
    const own = median(bare.get(target) ?? []);
    const ratio = Number.isNaN(own) ? '-' : `x${((refused ?? 0) / own).toFixed(1)}`;
    const { failures, logins } = drill.consumers.get(target) ?? { failures: [], logins: 0 };
    console.log(
      `${target.name.padEnd(22)} ${[promoted, refused, contained, own].map(seconds).join(' ')} ${ratio.padStart(8)}  ${failures.length} of ${logins}`,
    );
  }
  const whole = rounds.map((round) => Math.max(...round.map(({ containedMs }) => containedMs)));
  const middle = median(whole);
  console.log(
    `all ${targets.length}, the median of ${ROUNDS} rounds: ${seconds(middle).trim()} s (${seconds(Math.min(...whole)).trim()} to ${seconds(Math.max(...whole)).trim()}); to reach: ${TO_REACH_MS / 1_000} s; ${Math.round(FIRST_ATTEMPT_MS / middle)} times as fast as the first attempts on keys of AWS`,
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
