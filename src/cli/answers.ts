import { type Command, Option } from 'commander';
import { ask, type ServerFlags, withServer } from './client.ts';
import { toCount } from './options.ts';

/** Of what asks a running server, and prints its answer. */
export interface AnswerFlags extends ServerFlags {
  readonly format: 'text' | 'json';
}

/** Of what changes something. */
export interface ChangeFlags extends AnswerFlags {
  /** Why, for the audit log. */
  readonly reason: string;
}

export interface ListFlags extends AnswerFlags {
  readonly limit: number;
}

const FORMATS = ['text', 'json'];

export function withFormat(command: Command): Command {
  return withServer(command).addOption(
    new Option('--format <format>').choices(FORMATS).default('text'),
  );
}

export function withReason(command: Command): Command {
  return withFormat(command).option('--reason <text>', 'why, for the audit log', '');
}

export function withLimit(command: Command): Command {
  return withFormat(command).option('--limit <count>', 'rows at most', toCount, 200);
}

/** Prints an answer as it is, or in words. */
export function print<Answer>(
  { format }: AnswerFlags,
  answer: Answer,
  toText: (answer: Answer) => string,
): void {
  console.log(format === 'json' ? JSON.stringify(answer, null, 2) : toText(answer));
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly total: number;
}

const PAGE = 500;

/** The first rows of a list of the API, over as many pages as they take.
 *  @param query filters; those that are undefined are left out */
export async function readPages<Item>(
  flags: ListFlags,
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
): Promise<{ readonly items: readonly Item[]; readonly total: number }> {
  const items: Item[] = [];
  const said = Object.entries(query).filter((pair): pair is [string, string] => !!pair[1]);
  for (let after: string | null = null; ; ) {
    const limit = String(Math.min(PAGE, flags.limit - items.length));
    const search = new URLSearchParams([...said, ['limit', limit]]);
    if (after !== null) search.set('after', after);
    const page: Page<Item> = await ask(flags, `${path}?${search}`);
    items.push(...page.items);
    after = page.next;
    if (after === null || items.length >= flags.limit) return { items, total: page.total };
  }
}

/** A time as people read it: `2027-01-01 00:00`, in UTC. */
export const minute = (time: string): string => time.slice(0, 16).replace('T', ' ');

/** The query of a DELETE. */
export const reasonQuery = ({ reason }: ChangeFlags): string =>
  reason === '' ? '' : `?${new URLSearchParams({ reason })}`;
