import type { Command } from 'commander';
import type { Feedback } from '../../tracing/incidents/index.ts';
import { type AnswerFlags, type ChangeFlags, minute, print, withFormat } from '../answers.ts';
import { ask } from '../client.ts';
import { toTable } from '../table.ts';

const FEEDBACK = '/api/v1/incident-feedback';
const BLOCKED = '/api/v1/blocked-edges';

interface BlockedEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** `reeve incidents learnt`, `forget`, `blocked` and `open`: what outlasts incidents, and how it is taken back. */
export function addFeedback(incidents: Command): void {
  withFormat(
    incidents.command('learnt').summary('what people have said that is learnt from'),
  ).action(async (flags: AnswerFlags) =>
    print(flags, await ask<{ items: Feedback[] }>(flags, FEEDBACK), learntText),
  );
  takingBack(incidents, 'forget <incident>', 'take back what was learnt of an incident', {
    pathOf: (id) => `${FEEDBACK}/${encodeURIComponent(id)}/take-back`,
    done: 'forgotten',
  });
  withFormat(
    incidents.command('blocked').summary('edges that are blocked because of incidents'),
  ).action(async (flags: AnswerFlags) =>
    print(flags, await ask<{ items: BlockedEdge[] }>(flags, BLOCKED), blockedText),
  );
  takingBack(incidents, 'open <edge>', 'open a blocked edge again, by its id', {
    pathOf: (id) => `${BLOCKED}/${encodeURIComponent(id)}/open`,
    done: 'opened',
  });
}

interface TakingBack {
  readonly pathOf: (id: string) => string;
  readonly done: string;
}

function takingBack(
  incidents: Command,
  usage: string,
  summary: string,
  { pathOf, done }: TakingBack,
): void {
  withFormat(incidents.command(usage).summary(summary))
    .requiredOption('--reason <text>', 'why, for the audit log')
    .action(async (id: string, flags: ChangeFlags) => {
      await ask(flags, pathOf(id), 'POST', { reason: flags.reason });
      print(flags, { [done]: id }, () => `${done} ${id}`);
    });
}

function learntText({ items }: { readonly items: readonly Feedback[] }): string {
  if (items.length === 0) return 'Nothing was learnt of incidents.';
  return toTable(items, [
    { title: 'incident', value: ({ id }) => id },
    { title: 'was', value: ({ verdict }) => verdict },
    { title: 'by', value: ({ by }) => by, shrinks: 'text' },
    { title: 'since (UTC)', value: ({ at }) => minute(at) },
    { title: 'why', value: ({ reason }) => reason || null, shrinks: 'text' },
  ]);
}

function blockedText({ items }: { readonly items: readonly BlockedEdge[] }): string {
  if (items.length === 0) return 'No edge is blocked.';
  return toTable(items, [
    { title: 'edge', value: ({ id }) => id },
    { title: 'from', value: ({ from }) => from, shrinks: 'path' },
    { title: 'to', value: ({ to }) => to, shrinks: 'path' },
    { title: 'why', value: ({ reason }) => reason || null, shrinks: 'text' },
  ]);
}
