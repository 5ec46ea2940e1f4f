import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { findExample } from '../../../scripts/example-file.ts';
import { Fault, messageOf } from '../../../src/base/fault.ts';
import { actOn, awaitIncident, type Incident, incident, openIncidents } from './incidents.ts';
import { incidentLines, proposalLines, stepLines } from './narrate.ts';
import { playDrill, REQUEST_MS, type Step } from './play.ts';

/** `npm run drill`: plays an attack on the shop that `npm start` runs, and shows what Reeve makes of it.
 *    --data DIR  the data folder of the example; else the newest that runs
 *    --fix       has done what Reeve proposes, and plays it again */
const SEEN_WITHIN_MS = 15_000;
const OBEYED_WITHIN_MS = 2_000;
const EVERY_MS = 100;
/** Services that the drill asks, in its order. */
const ASKED = ['web', 'reviews', 'orders', 'legacy-billing'];
const REASON = 'the drill went this way';

try {
  await drill();
} catch (thrown) {
  console.error(`reeve: ${messageOf(thrown)}`);
  if (thrown instanceof Fault && thrown.hint) console.error(`       ${thrown.hint}`);
  process.exitCode = 1;
}

async function drill(): Promise<void> {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, fix: { type: 'boolean', default: false } },
  });
  const example = await findExample(values.data);
  const { webUrl } = example;
  const since = Date.now();
  const steps = await playAloud(webUrl, `An attacker at the shop's front, ${webUrl}`);
  if (isShut(steps)) {
    print(['', 'The way is shut at its first step.']);
    return;
  }
  const found = await watch(example, since);
  print(['', ...proposalLines(found)]);
  if (!values.fix) {
    print(['', 'npm run drill -- --fix has the first done, and plays it again.']);
    return;
  }
  const done = await actOn(example, found, REASON);
  print(['', `Done: ${done.length} of them, by Reeve's API.`]);
  await obeyed(webUrl);
  const again = await playAloud(webUrl, '\nThe same attacker, again');
  print(['', isShut(again) ? 'The way is shut at its first step.' : 'The way is still open.']);
  if (!isShut(again)) process.exitCode = 1;
}

async function playAloud(webUrl: string, title: string): Promise<readonly Step[]> {
  print([title, '']);
  let number = 0;
  return playDrill(webUrl, (step) => print(stepLines(step, ++number)));
}

async function watch(example: Parameters<typeof incident>[0], since: number): Promise<Incident> {
  const started = performance.now();
  const found = await awaitIncident(example, ASKED, since, SEEN_WITHIN_MS);
  const afterMs = found && performance.now() - started;
  const known = found ?? (await latest(example));
  print(['', ...incidentLines(known, afterMs)]);
  return known;
}

/** Who plays it twice tells Reeve nothing new. */
async function latest(example: Parameters<typeof incident>[0]): Promise<Incident> {
  const [open] = await openIncidents(example);
  if (open) return incident(example, open.id);
  throw new Fault('drill/not-seen', 'Reeve shows no incident', {
    hint: 'see at /api/v1/tracing of its API whether traces arrive',
  });
}

/** The front hears of what is blocked within two seconds. */
async function obeyed(webUrl: string): Promise<void> {
  const until = performance.now() + OBEYED_WITHIN_MS;
  while (performance.now() < until) {
    const response = await fetch(`${webUrl}/debug/fetch?service=reviews&path=/healthz`, {
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    await response.body?.cancel();
    if (response.status === 403) return;
    await sleep(EVERY_MS);
  }
}

function isShut(steps: readonly Step[]): boolean {
  return steps.length === 1 && steps[0]?.status === 403;
}

function print(lines: readonly string[]): void {
  for (const line of lines) console.log(line);
}
