import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { Fault } from '../../base/fault.ts';
import {
  type AnswerFlags,
  type ChangeFlags,
  minute,
  print,
  withFormat,
  withReason,
} from '../answers.ts';
import { ask } from '../client.ts';
import { say } from '../endpoints/say.ts';
import { toCount } from '../options.ts';
import { toTable } from '../table.ts';
import { counted } from '../terminal.ts';
import { isTerminal, readText } from '../text-file.ts';
import { type Leak, momentText, toText } from './leak-text.ts';

const PATH = '/api/v1/leaks';
const MAX_BYTES = 65_536;
const POLL_MS = 250;

interface LeakedFlags extends ChangeFlags {
  readonly where?: string;
  readonly within: number;
  readonly wait: boolean;
}

/** `reeve secret leaked`, `leaks`, `leak`, `leak-done`: values that have become known to others. */
export function addLeaks(secret: Command): void {
  withReason(
    secret
      .command('leaked [fingerprint]')
      .summary('report a value, from standard input, or by its fingerprint: it is revoked'),
  )
    .option('--where <place>', 'where it was seen')
    .option('--within <seconds>', 'fail unless all is revoked by then', toCount, 60)
    .option('--no-wait', 'report it, and do not wait for what comes of it')
    .action(leaked);
  withFormat(
    secret.command('leaks').summary('what was reported, and how far the answer is'),
  ).action(async (flags: AnswerFlags) =>
    print(flags, await ask<{ items: Leak[] }>(flags, PATH), table),
  );
  withFormat(secret.command('leak <leak>').summary('all about one, with its timeline')).action(
    async (id: string, flags: AnswerFlags) => print(flags, await get(flags, id), toText),
  );
  withReason(
    secret
      .command('leak-done <leak> <subject>')
      .summary('say that a value is refused where Reeve could not see to it'),
  ).action(async (id: string, subject: string, flags: ChangeFlags) => {
    const body = { subject, reason: flags.reason };
    await ask(flags, `${PATH}/${encodeURIComponent(id)}/done`, 'POST', body);
    print(flags, await get(flags, id), toText);
  });
}

const get = (flags: AnswerFlags, id: string): Promise<Leak> =>
  ask(flags, `${PATH}/${encodeURIComponent(id)}`);

async function leaked(fingerprint: string | undefined, flags: LeakedFlags): Promise<void> {
  const { reason, where = null } = flags;
  const what = fingerprint === undefined ? { value: readValue() } : { fingerprint };
  const { leak } = await ask<{ leak: Leak | null }>(flags, PATH, 'POST', {
    ...what,
    where,
    reason,
  });
  if (leak === null) {
    throw new Fault('client/leak-not-found', 'Nothing here is known to be opened by that value', {
      hint: 'has what holds it been scanned? The report stands in the audit log',
    });
  }
  if (!flags.wait) return print(flags, await get(flags, leak.id), toText);
  const after = await followed(flags, leak.id);
  print(flags, after, toText);
  if (after.isContained) return;
  const open = after.items.filter(({ state }) => state === 'waits' || state === 'working');
  say(
    console.error,
    `${counted(open.length, 'item')} may still be open to others: see what each waits for, and look again with \`reeve secret leak ${leak.id}\``,
  );
  process.exitCode = 1;
}

function readValue(): string {
  if (isTerminal(0)) say(console.error, 'Paste the value, end the line, then Ctrl-D:');
  const value = readText(0, MAX_BYTES, 'client/value-malformed');
  if (value.trim() !== '') return value;
  throw new Fault('client/value-malformed', 'Standard input holds no value', {
    hint: 'as in `reeve secret leaked < value.txt`, or name its fingerprint',
  });
}

/** Tells each moment as it comes, until nothing more comes by itself. */
async function followed(flags: LeakedFlags, id: string): Promise<Leak> {
  const end = Date.now() + flags.within * 1_000;
  let told = 0;
  for (;;) {
    const leak = await get(flags, id);
    if (flags.format === 'text') {
      for (const moment of leak.timeline.slice(told)) say(console.error, momentText(moment));
    }
    told = leak.timeline.length;
    const isOver = leak.items.every(({ state }) => state !== 'working');
    if (isOver || Date.now() >= end) return leak;
    await setTimeout(POLL_MS);
  }
}

function table({ items }: { readonly items: readonly Leak[] }): string {
  if (items.length === 0) return 'None was reported.';
  return toTable(items, [
    { title: 'leak', value: ({ id }) => id },
    {
      title: 'reported (UTC)',
      value: ({ reports }) => (reports[0] ? minute(reports[0].at) : null),
    },
    {
      title: 'opens',
      value: ({ items: opened }) => opened.map(({ name }) => name).join(', '),
      shrinks: 'text',
    },
    { title: 'state', value: ({ isContained }) => (isContained ? 'contained' : 'open') },
  ]);
}
