import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { table, times } from './print.ts';

interface Outcome {
  readonly templates: number;
  readonly seconds: number;
  readonly megabytes: number;
}

const WHO = { Reeve: 'reeve', 'shape only': 'shape' } as const;

/** Prints the most memory that a whole process had with so many distinct paths in one service. */
export function printMemory(paths: number): void {
  const outcomes = Object.entries(WHO).map(([name, who]) => [name, measured(who, paths)] as const);
  const own = outcomes[0]?.[1].megabytes ?? Number.NaN;
  console.log(`
${(paths / 1e6).toFixed(1)} million distinct paths of one service, a process of its own
${table(
  ['', 'memory', 'Reeve takes', 'templates', 'seconds'],
  outcomes.map(([name, { megabytes, templates, seconds }]) => [
    name,
    `${Math.round(megabytes)} MB`,
    times(own / megabytes),
    templates.toLocaleString('en'),
    seconds.toFixed(0),
  ]),
)}`);
}

function measured(who: string, paths: number): Outcome {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--max-old-space-size=8192',
      // as small as the server has it for its thread
      '--max-semi-space-size=5',
      join(import.meta.dirname, 'memory.ts'),
      who,
      String(paths),
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the process of ${who} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Outcome;
}
