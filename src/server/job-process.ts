import { flushCompileCache } from 'node:module';
import { Fault, messageOf } from '../base/fault.ts';
import { type EndpointTraffic, type Fact, toRecords } from '../estate/index.ts';
import {
  type GuardrailJob,
  type Handed,
  type Job,
  type JudgeJob,
  type Known,
  type Returned,
  type ScanJob,
  slices,
} from './jobs.ts';
import { tellPath } from './stalls.ts';

const MAX_DIAGNOSTICS = 1_000;

/** Whoever is gone, as a server that was killed is, needs nothing any more. */
function give(message: Returned): void {
  process.send?.(message, undefined, undefined, () => undefined);
}

function giveList(list: string, items: readonly unknown[]): void {
  for (const part of slices(items)) give({ type: 'part', list, items: part });
}

async function scan({ folder, environment, fingerprintKey, stalled = [] }: ScanJob): Promise<void> {
  // Loaded here, so that a process that judges does not load parsers of every language.
  const { scanFolder } = await import('./scan.ts');
  // Written now, as the process is ended rather than left: the next scan starts in a third of the time.
  flushCompileCache();
  let toldAt = 0;
  const result = scanFolder(folder, {
    environment,
    fingerprintKey,
    stalled,
    onReading: tellPath,
    onProgress: (done, total) => {
      const now = Date.now();
      if (now - toldAt < 100) return;
      toldAt = now;
      give({ type: 'progress', done, total });
    },
  });
  giveList('facts', result.facts);
  giveList('diagnostics', result.diagnostics.slice(0, MAX_DIAGNOSTICS));
  give({
    type: 'done',
    rest: {
      fileCount: result.fileCount,
      diagnosticCount: result.diagnostics.length,
      policy: result.policy,
    },
  });
}

async function judgeKnown({ now, options }: JudgeJob, { facts, traffic }: Known): Promise<void> {
  const { judge } = await import('../assurance/index.ts');
  const records = toRecords(facts);
  const { answers, ...lists } = judge(records, now, traffic, options);
  for (const [list, items] of Object.entries(lists)) giveList(list, items);
  giveList('known', records.services);
  give({ type: 'done', rest: { answers } });
}

async function readGuardrails({ files }: GuardrailJob): Promise<void> {
  const guardrails = await import('../authorization/guardrails/index.ts');
  const reading = guardrails.readGuardrails(files);
  giveList('guardrails', reading.guardrails);
  giveList('diagnostics', reading.diagnostics);
  give({ type: 'done', rest: {} });
}

async function run(job: Job, known: Known): Promise<void> {
  try {
    if (job.kind === 'scan') await scan(job);
    else if (job.kind === 'guardrails') await readGuardrails(job);
    else await judgeKnown(job, known);
  } catch (thrown) {
    const code = thrown instanceof Fault ? thrown.code : 'job/failed';
    give({ type: 'fault', code, message: messageOf(thrown) });
  }
}

const facts: Fact[] = [];
const traffic = new Map<string, EndpointTraffic>();
let job: Job | undefined;
process.on('message', (message: Handed) => {
  if (message.type === 'facts') for (const fact of message.items) facts.push(fact);
  else if (message.type === 'traffic') {
    for (const [id, one] of message.items) traffic.set(id, one);
  } else if (message.type === 'job') job = message.job;
  else if (job) void run(job, { facts, traffic });
});
// Without the server there is nobody to work for.
process.on('disconnect', () => process.exit());
