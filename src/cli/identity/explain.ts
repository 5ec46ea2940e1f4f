import type { Command } from 'commander';
import { Fault } from '../../base/fault.ts';
import {
  type AnswerFlags,
  type ListFlags,
  print,
  readPages,
  withFormat,
  withLimit,
} from '../answers.ts';
import { ask } from '../client.ts';
import { say } from '../endpoints/say.ts';
import { collected, toCount } from '../options.ts';
import { toTable } from '../table.ts';
import { counted, grouped, plain, wrap } from '../terminal.ts';
import { API } from './common.ts';
import { selectorsOfProcess } from './process.ts';

interface ExplainFlags extends AnswerFlags {
  readonly selector?: readonly string[];
  readonly pid?: number;
  readonly agent?: string;
}

interface Explained {
  readonly text: string;
}

interface Unregistered {
  readonly service: string;
  readonly because: string;
}

interface Issued {
  readonly service: string | null;
  readonly x509: number;
  readonly jwt: number;
  readonly refused: number;
}

/** `reeve identity explain`, `unregistered`, `issues`: who gets an identity, who does not, and why. */
export function addExplain(identity: Command): void {
  withFormat(identity.command('explain').summary('which identities a workload gets, or why none'))
    .option('--selector <selector>', 'what is known of it: unix:uid:1000; repeatable', collected)
    .option('--pid <pid>', 'or look at this process of this machine', toCount)
    .option('--agent <agent>', 'SPIFFE ID of the agent that it asks (else the server)')
    .action(explain);
  withLimit(identity.command('unregistered').summary('services without an identity, and why'))
    .option('--search <text>', 'text that the service holds')
    .action(unregistered);
  withLimit(identity.command('issues').summary('what was issued and refused, by service'))
    .option('--search <text>', 'text that the service holds')
    .action(issues);
}

async function explain(flags: ExplainFlags): Promise<void> {
  const { pid, selector = [], agent = null } = flags;
  const seen = pid === undefined ? { selectors: [], notes: [] } : await selectorsOfProcess(pid);
  for (const note of seen.notes) say(console.error, note);
  const selectors = [...new Set([...seen.selectors, ...selector])];
  if (selectors.length === 0) {
    throw new Fault('client/workload-invalid', 'Nothing is said of the workload', {
      hint: 'give --selector, or --pid',
    });
  }
  const answer = await ask<Explained>(flags, `${API}/explain`, 'POST', { selectors, agent });
  print(flags, answer, ({ text }) => text.split('\n').map(plain).join('\n'));
}

async function unregistered(flags: ListFlags & { readonly search?: string }): Promise<void> {
  const { search } = flags;
  const answer = await readPages<Unregistered>(flags, `${API}/unregistered`, { search });
  print(flags, answer, ({ items, total }) => {
    if (items.length === 0) return 'Every service that is known to run has an identity.';
    return [...items.map(toLines), ...more(total - items.length)].join('\n');
  });
}

/** Reasons are sentences, which no column holds. */
function toLines({ service, because }: Unregistered): string {
  return [plain(service), ...wrap(plain(because), 76).map((line) => `  ${line}`)].join('\n');
}

async function issues(flags: ListFlags & { readonly search?: string }): Promise<void> {
  const { search } = flags;
  const answer = await readPages<Issued>(flags, `${API}/issues`, { search });
  print(flags, answer, ({ items, total }) => {
    if (items.length === 0) return 'Nothing was issued yet.';
    const table = toTable(items, [
      { title: 'service', value: ({ service }) => service ?? '(none)', shrinks: 'path' },
      { title: 'X.509', value: ({ x509 }) => grouped(x509) },
      { title: 'JWT', value: ({ jwt }) => grouped(jwt) },
      { title: 'refused', value: ({ refused }) => grouped(refused) },
    ]);
    return [table, ...more(total - items.length)].join('\n');
  });
}

const more = (count: number): string[] =>
  count > 0 ? [`${counted(count, 'more row')}: raise --limit, or filter`] : [];
