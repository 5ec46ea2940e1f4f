import { Fault, quote } from '../../base/fault.ts';
import { ask, type ServerFlags } from '../client.ts';
import { counted, type Painter, painterFor, plain, wrap } from '../terminal.ts';

export interface SuggestFlags extends ServerFlags {
  readonly days: number;
  readonly service?: string;
  readonly format: 'text' | 'json';
}

interface Placed {
  readonly from: string;
  readonly to: string;
  readonly operation: string;
  readonly place: { readonly file: string | null; readonly line: number | null };
}

/** As the API gives it. */
export type Suggested =
  | (Placed & { readonly kind: 'remove' })
  | (Placed & { readonly kind: 'narrow'; readonly operations: readonly string[] })
  | (Omit<Placed, 'place'> & { readonly kind: 'declare'; readonly requests: number });

export interface SuggestAnswer {
  readonly since: string;
  readonly items: readonly Suggested[];
  readonly unseen: readonly string[];
}

/** Asks a running server, and prints what it suggests.
 *  @throws {Fault} `authorization/service-not-found`, and as `ask` */
export async function suggest(flags: SuggestFlags): Promise<void> {
  const answer = await ask<SuggestAnswer>(flags, `/api/v1/policy/suggestions?days=${flags.days}`);
  const items = answer.items.filter(({ from }) => isNamed(from, flags.service));
  // nothing to tighten, or nobody of that name
  if (items.length === 0) await checkService(flags);
  if (flags.format === 'json') console.log(JSON.stringify({ ...answer, items }, null, 2));
  else {
    const paint = painterFor(process.stdout, process.env);
    for (const line of suggestionLines({ ...answer, items }, flags.days, paint)) console.log(line);
  }
}

async function checkService(flags: SuggestFlags): Promise<void> {
  const { service } = flags;
  if (service === undefined) return;
  const name = service.slice(service.lastIndexOf('/') + 1);
  const query = new URLSearchParams({ search: name, limit: '1000' });
  const found = await ask<{ items: readonly { id: string }[] }>(flags, `/api/v1/services?${query}`);
  if (found.items.some(({ id }) => isNamed(id, service))) return;
  throw new Fault('authorization/service-not-found', `there is no service ${quote(service, 200)}`, {
    hint: '`reeve services` lists them',
  });
}

function isNamed(id: string, name: string | undefined): boolean {
  return name === undefined || id === name || id.endsWith(`/${name}`);
}

/** By declaration and line; what is called without being declared comes last. 80 columns. */
export function* suggestionLines(
  { items, unseen }: SuggestAnswer,
  days: number,
  paint: Painter,
): Generator<string> {
  const placed = items.filter((item) => item.kind !== 'declare');
  for (const [file, all] of Map.groupBy(placed, ({ place }) => place.file ?? '')) {
    yield paint('bold', plain(file));
    for (const item of all) yield* placedLines(item, days, paint);
  }
  const undeclared = items.filter((item) => item.kind === 'declare');
  if (undeclared.length > 0) yield paint('bold', 'Called, and declared by nobody');
  for (const { from, to, operation, requests } of undeclared) {
    yield `  ${plain(`${nameOf(from)} -> ${nameOf(to)} ${operation}`)}`;
    yield `        ${counted(requests, 'request')}: declare it where it is meant, or stop it`;
  }
  if (items.length === 0) {
    yield `Declared is what was used in the last ${counted(days, 'day')}, and nothing else.`;
  }
  if (unseen.length > 0) {
    const names = unseen.map(nameOf).join(', ');
    yield* wrap(plain(`Nothing is said of calls to ${names}: nobody reports their traffic.`), 80);
  }
}

function* placedLines(item: Exclude<Suggested, { kind: 'declare' }>, days: number, paint: Painter) {
  const what = item.operation === '*' ? 'every operation' : item.operation;
  const line = String(item.place.line ?? '').padStart(5);
  const verb = paint(item.kind === 'remove' ? 'red' : 'yellow', item.kind);
  yield `${line}  ${verb}  ${plain(`${nameOf(item.to)} ${what}`)}`;
  if (item.kind === 'remove') {
    yield `       nobody used it in ${counted(days, 'day')}`;
    return;
  }
  yield '       to what was used:';
  for (const operation of item.operations) yield `       - ${plain(JSON.stringify(operation))}`;
}

const nameOf = (id: string) => id.slice(id.lastIndexOf('/') + 1);
