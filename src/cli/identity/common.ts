import { type Command, Option } from 'commander';
import { ask, type ServerFlags, withServer } from '../client.ts';
import { toCount } from '../options.ts';

/** Where the API of identity is. */
export const API = '/api/v1/identity';

export interface IdentityFlags extends ServerFlags {
  readonly format: 'text' | 'json';
}

/** Of what changes something. */
export interface ChangeFlags extends IdentityFlags {
  /** Why, for the audit log. */
  readonly reason: string;
}

export interface ListFlags extends IdentityFlags {
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
  { format }: IdentityFlags,
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

/** A path of the API with parts that are not the API's own. */
export const pathOf = (...parts: readonly string[]): string =>
  [API, ...parts.map(encodeURIComponent)].join('/');

/** The query of a DELETE. */
export const reasonQuery = ({ reason }: ChangeFlags): string =>
  reason === '' ? '' : `?${new URLSearchParams({ reason })}`;
