import { Fault, messageOf } from '../src/base/fault.ts';
import { wrap } from '../src/cli/terminal.ts';
import { endOfProcess, greeting } from '../src/server/greeting.ts';
import { type AnswerSummary, startExample, summarise } from './example.ts';
import { buildWeb } from './web.ts';

/** `npm start`: Reeve with the example estate, until Ctrl-C. */
const WIDTH = 80;
const MAX_FAILING = 5;

try {
  await start();
} catch (thrown) {
  console.error(`reeve: ${messageOf(thrown)}`);
  if (thrown instanceof Fault && thrown.hint) console.error(`       ${thrown.hint}`);
  process.exitCode = 1;
}
process.exit();

async function start(): Promise<void> {
  const ended = endOfProcess();
  await buildWeb();
  const starting = startExample((line) => console.error(line));
  // Who is told to end while it starts still has to take everything away.
  const example = (await Promise.race([starting, ended])) ?? (await starting);
  const { server, config } = example;
  const services = await server.store.services({ limit: 1_000 });
  console.log(`\nReeve looks after examples/shop, ${services.total} services that run now.\n`);
  for (const line of (await summarise(server.store)).flatMap(toLines)) console.log(line);
  console.log(`\n${greeting(server, config).join('\n')}\n`);
  console.log('npm run drill, in another terminal, attacks the shop. Ctrl-C ends all of it.');
  await ended;
  console.error('\nEnding ...');
  await example.stop();
}

function toLines({ question, satisfied, total, failing }: AnswerSummary): string[] {
  const left = `  ${satisfied === total ? 'yes' : 'NO '} ${question}`;
  const right = `${satisfied} of ${total}`;
  return [
    `${left}${right.padStart(WIDTH - left.length)}`,
    ...shortened(failing)
      .flatMap((line) => wrap(line, WIDTH - 8))
      .map((line) => `        ${line}`),
  ];
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= MAX_FAILING) return lines;
  return [...lines.slice(0, MAX_FAILING), `and ${lines.length - MAX_FAILING} more`];
}
