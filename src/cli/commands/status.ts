import { type Command, Option } from 'commander';
import { QUESTIONS } from '../../assurance/index.ts';
import type { Answers } from '../../estate/index.ts';
import { ask, type ServerFlags, withServer } from '../client.ts';
import { grouped, painterFor, spread } from '../terminal.ts';

interface StatusFlags extends ServerFlags {
  readonly format: 'text' | 'json';
}

interface AnswersAt {
  readonly answers: Answers | null;
  readonly at: string | null;
}

/** `reeve status`: the three answers of a running server. */
export function addStatus(program: Command): void {
  withServer(program.command('status').summary('the three answers, of a running server'))
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
    .action(status);
}

async function status(flags: StatusFlags): Promise<void> {
  const { answers, at } = await ask<AnswersAt>(flags, '/api/v1/answers');
  if (flags.format === 'json') console.log(JSON.stringify({ answers, at }, null, 2));
  else if (answers === null) console.log('Nothing is judged yet: the first scan is under way.');
  else console.log([...answerTable(answers), `as of ${at}`].join('\n'));
}

/** The answers, a line each, at most 80 columns. */
export function answerTable(answers: Answers): string[] {
  const paint = painterFor(process.stdout, process.env);
  return (Object.keys(QUESTIONS) as (keyof Answers)[]).map((key) => {
    const { total, satisfied } = answers[key];
    const isYes = total === satisfied;
    const figure = total === 0 ? 'none found' : `${grouped(satisfied)} of ${grouped(total)}`;
    const mark = total === 0 ? '-' : isYes ? 'yes' : 'NO';
    const line = spread(`${mark.padEnd(4)}${QUESTIONS[key].text}`, figure);
    return paint(total === 0 ? 'gray' : isYes ? 'green' : 'red', line);
  });
}
