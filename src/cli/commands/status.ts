import { type Command, Option } from 'commander';
import { QUESTIONS } from '../../assurance/index.ts';
import type { Answers } from '../../estate/index.ts';
import { ask, type ServerFlags, withServer } from '../client.ts';
import { answerHeadline, painterFor } from '../terminal.ts';

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

function answerTable(answers: Answers): string[] {
  const paint = painterFor(process.stdout, process.env);
  return (Object.keys(QUESTIONS) as (keyof Answers)[]).map((key) =>
    answerHeadline({ question: QUESTIONS[key].text, ...answers[key] }, paint),
  );
}
