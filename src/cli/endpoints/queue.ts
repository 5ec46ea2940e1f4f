import { type Command, Option } from 'commander';
import { type Endpoint, REVIEW_REASONS } from '../../estate/index.ts';
import { ask, type ServerFlags, withServer } from '../client.ts';
import { type Column, toTable } from '../table.ts';
import { counted, grouped } from '../terminal.ts';
import { age } from './words.ts';

interface OwnerQueue {
  readonly owner: string | null;
  readonly total: number;
  readonly counts: Readonly<Partial<Record<(typeof REVIEW_REASONS)[number], number>>>;
}

interface QueueFlags extends ServerFlags {
  readonly owner?: string;
  readonly unowned?: true;
  readonly limit: string;
  readonly format: 'text' | 'json';
}

/** `reeve endpoints queue`: what waits for a person. */
export function addQueue(endpoints: Command): void {
  withServer(endpoints.command('queue').summary('the endpoints that wait for a person'))
    .option('--owner <team>', 'the queue of this owner, one by one')
    .option('--unowned', 'the queue of what nobody answers for')
    .option('--limit <count>', 'endpoints at most', '200')
    .addOption(new Option('--format <format>').choices(['text', 'json']).default('text'))
    .action(queue);
}

async function queue(flags: QueueFlags): Promise<void> {
  if (flags.owner !== undefined || flags.unowned) return oneQueue(flags, flags.owner ?? '');
  const answer = await ask<{ items: OwnerQueue[] }>(flags, '/api/v1/endpoints/queues');
  if (flags.format === 'json') console.log(JSON.stringify(answer, null, 2));
  else if (answer.items.length === 0) console.log('Nothing waits for anybody.');
  else {
    console.log(toTable(answer.items, columnsOf(answer.items)));
    console.error('`reeve endpoints queue --owner TEAM` lists what waits for a team');
  }
}

/** Only reasons that anything waits for. */
function columnsOf(queues: readonly OwnerQueue[]): Column<OwnerQueue>[] {
  const reasons = REVIEW_REASONS.filter((reason) => queues.some(({ counts }) => counts[reason]));
  return [
    { title: 'owner', value: ({ owner }) => owner ?? '(nobody)', shrinks: 'text' },
    { title: 'waiting', value: ({ total }) => grouped(total) },
    ...reasons.map(
      (reason): Column<OwnerQueue> => ({
        title: reason,
        value: ({ counts }) => (counts[reason] ? grouped(counts[reason]) : ''),
      }),
    ),
  ];
}

const COLUMNS: readonly Column<Endpoint>[] = [
  { title: 'why', value: ({ review }) => review },
  {
    title: 'service',
    value: ({ service }) => service.slice(service.indexOf('/') + 1),
    shrinks: 'path',
  },
  {
    title: 'operation',
    value: ({ method, template }) => `${method} ${template}`,
    shrinks: 'path',
  },
  { title: 'seen', value: ({ traffic }) => traffic && age(traffic.lastSeen, Date.now()) },
];

async function oneQueue(flags: QueueFlags, owner: string): Promise<void> {
  const query = new URLSearchParams({ review: 'any', owner, limit: flags.limit });
  const path = `/api/v1/endpoints?${query}`;
  const { items, total } = await ask<{ items: Endpoint[]; total: number }>(flags, path);
  if (flags.format === 'json') console.log(JSON.stringify({ items, total }, null, 2));
  else if (items.length === 0) console.log('Nothing waits.');
  else {
    console.log(toTable(items, COLUMNS));
    if (total > items.length)
      console.log(`${counted(total - items.length, 'more row')}: raise --limit`);
    console.error('`reeve endpoints show "OPERATION"` tells all about one');
  }
}
