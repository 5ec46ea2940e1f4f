import type { Waterfall } from '../../tracing/traces/index.ts';
import { type ListFlags, minute, print } from '../answers.ts';
import { ask } from '../client.ts';
import { toWaterfallText } from '../graph/waterfall.ts';
import { toTable } from '../table.ts';
import { grouped, painterFor } from '../terminal.ts';

export interface TraceFlags extends ListFlags {
  readonly service?: string;
  readonly reason?: string;
  readonly from?: string;
  readonly to?: string;
}

interface Kept {
  readonly id: string;
  readonly reasons: readonly string[];
  readonly time: string;
  readonly services: readonly string[];
  readonly spanCount: number;
}
interface Page {
  readonly items: readonly Kept[];
  readonly next: string | null;
}

const TRACES = '/api/v1/traces';
const PAGE = 500;

export async function listTraces(flags: TraceFlags): Promise<void> {
  print(flags, await readTraces(flags), ({ items, next }) => {
    if (items.length === 0) return 'No traces: those are kept that there is a reason for.';
    const table = toTable(items, [
      { title: 'trace', value: ({ id }) => id },
      { title: 'begun (UTC)', value: ({ time }) => minute(time) },
      { title: 'spans', value: ({ spanCount }) => grouped(spanCount) },
      { title: 'kept for', value: ({ reasons }) => reasons.join(', '), shrinks: 'text' },
    ]);
    return next === null ? table : `${table}\nThere are more: raise --limit, or filter`;
  });
}

/** The latest, over as many pages as they take. */
async function readTraces(flags: TraceFlags): Promise<Page> {
  const { service, reason, from, to } = flags;
  const said = Object.entries({ service, reason, from, to }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  const items: Kept[] = [];
  for (let after: string | null = null; ; ) {
    const limit = String(Math.min(PAGE, flags.limit - items.length));
    const query = new URLSearchParams([...said, ['limit', limit]]);
    if (after !== null) query.set('after', after);
    const page: Page = await ask(flags, `${TRACES}?${query}`);
    items.push(...page.items);
    after = page.next;
    if (after === null || items.length >= flags.limit) return { items, next: after };
  }
}

export async function showTrace(id: string, flags: TraceFlags): Promise<void> {
  const trace = await ask<Waterfall>(flags, `${TRACES}/${encodeURIComponent(id)}`);
  const paint = painterFor(process.stdout, process.env);
  print(flags, trace, (one) => [...toWaterfallText(one, paint)].join('').trimEnd());
}
