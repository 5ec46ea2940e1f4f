import { type Command, Option } from 'commander';
import { toPlace } from '../../base/diagnostic.ts';
import { quote } from '../../base/fault.ts';
import {
  type AuditEntry,
  type Call,
  type Credential,
  type Endpoint,
  FILTERS,
  type Finding,
  type OwnerSummary,
  type Service,
} from '../../estate/index.ts';
import { ask, type ServerFlags, withServer } from '../client.ts';
import { age, rate, statusOf } from '../endpoints/words.ts';
import { toCount } from '../options.ts';
import { type Column, toTable } from '../table.ts';
import { counted, grouped } from '../terminal.ts';
import { addAuditCommands } from './audit.ts';
import { addCredentialCommands } from './credentials.ts';
import { addEndpointCommands } from './endpoints.ts';

interface List {
  readonly name: keyof typeof FILTERS | 'owners' | 'audit';
  readonly summary: string;
  readonly filters: readonly string[];
  readonly isSearched: boolean;
  // Each list has rows of its own type; the table is the only place that looks into them.
  readonly columns: readonly Column<never>[];
  /** Further columns where some row has something for them. */
  readonly moreColumns?: readonly Column<never>[];
}

/** A list of the estate, with the filters that its API takes. */
function judged(name: keyof typeof FILTERS): Pick<List, 'name' | 'filters' | 'isSearched'> {
  return { name, filters: FILTERS[name], isSearched: true };
}

function columns<Row>(...all: readonly Column<Row>[]): readonly Column<never>[] {
  return all as readonly Column<never>[];
}

const withoutEnvironment = (id: string) => id.slice(id.indexOf('/') + 1);

/** Every list: its columns as text. */
const LISTS: readonly List[] = [
  {
    ...judged('services'),
    summary: 'the services of the estate',
    columns: columns<Service>(
      { title: 'service', value: ({ id }) => id, shrinks: 'path' },
      { title: 'kind', value: ({ kind }) => kind },
      { title: 'owner', value: ({ owner }) => owner, shrinks: 'path' },
      { title: 'criticality', value: ({ criticality }) => criticality },
      { title: 'exposure', value: ({ exposure }) => exposure },
    ),
  },
  {
    ...judged('endpoints'),
    summary: 'the endpoints, with the status of each',
    columns: columns<Endpoint>(
      { title: 'status', value: statusOf },
      { title: 'service', value: ({ service }) => withoutEnvironment(service), shrinks: 'path' },
      {
        title: 'operation',
        value: ({ method, template }) => `${method} ${template}`,
        shrinks: 'path',
      },
      {
        title: 'data',
        value: ({ sensitivity }) => sensitivity.map(({ tag }) => tag).join(',') || null,
        shrinks: 'text',
      },
      { title: 'owner', value: ({ owner }) => owner, shrinks: 'path' },
    ),
    moreColumns: columns<Endpoint>(
      { title: 'seen', value: ({ traffic }) => traffic && age(traffic.lastSeen, Date.now()) },
      { title: '/min', value: ({ traffic }) => traffic && rate(traffic.perMinute) },
    ),
  },
  {
    ...judged('calls'),
    summary: 'who calls whom, and how the caller is proved',
    columns: columns<Call>(
      { title: 'from', value: ({ from }) => withoutEnvironment(from), shrinks: 'path' },
      { title: 'to', value: ({ to }) => withoutEnvironment(to), shrinks: 'path' },
      { title: 'operation', value: ({ operation }) => operation, shrinks: 'path' },
      { title: 'authentication', value: ({ authentication }) => authentication },
    ),
  },
  {
    ...judged('credentials'),
    summary: 'the credentials, never their values',
    columns: columns<Credential>(
      { title: 'name', value: ({ name }) => name, shrinks: 'path' },
      { title: 'kind', value: ({ kind }) => kind },
      {
        title: 'service',
        value: ({ service }) => service && withoutEnvironment(service),
        shrinks: 'path',
      },
      { title: 'owner', value: ({ owner }) => owner, shrinks: 'path' },
      { title: 'owner because', value: ({ ownerBecause }) => ownerBecause, shrinks: 'text' },
      { title: 'rotation', value: ({ rotation }) => rotation, shrinks: 'path' },
      { title: 'last used', value: ({ lastUsed }) => lastUsed?.slice(0, 10) ?? null },
      { title: 'problems', value: ({ problems }) => problems.join(', '), shrinks: 'text' },
    ),
  },
  {
    ...judged('findings'),
    summary: 'what fails a control, the worst first',
    columns: columns<Finding>(
      { title: 'severity', value: ({ severity }) => severity },
      { title: 'where', value: ({ location }) => location && toPlace(location), shrinks: 'path' },
      { title: 'what', value: ({ message }) => message, shrinks: 'text' },
    ),
  },
  {
    name: 'owners',
    filters: [],
    isSearched: false,
    summary: 'who answers for what, in numbers',
    columns: columns<OwnerSummary>(
      { title: 'owner', value: ({ owner }) => owner, shrinks: 'path' },
      { title: 'services', value: ({ services }) => grouped(services) },
      { title: 'endpoints', value: ({ endpoints }) => grouped(endpoints) },
      { title: 'credentials', value: ({ credentials }) => grouped(credentials) },
      { title: 'findings', value: ({ findings }) => grouped(findings) },
    ),
  },
  {
    name: 'audit',
    summary: 'who changed what, the newest first',
    filters: ['actor', 'action', 'subject'],
    isSearched: false,
    columns: columns<AuditEntry>(
      { title: 'entry', value: ({ sequence }) => String(sequence) },
      { title: 'when', value: ({ at }) => at.slice(0, 16).replace('T', ' ') },
      { title: 'who', value: ({ actor }) => actor, shrinks: 'text' },
      { title: 'action', value: ({ action }) => action },
      { title: 'subject', value: ({ subject }) => subject, shrinks: 'path' },
      { title: 'why', value: ({ reason }) => reason || null, shrinks: 'text' },
    ),
  },
];

interface ListFlags extends ServerFlags {
  readonly format: 'text' | 'json' | 'ndjson';
  readonly limit: number;
  readonly search?: string;
  readonly [filter: string]: unknown;
}

interface Page {
  readonly items: readonly never[];
  readonly next?: string | null;
  readonly total?: number;
}

const PAGE = 500;

/** Filters that need a word more; the others take a value of their column. */
const WHAT_FOR: Readonly<Record<string, string>> = {
  owner: "only this owner's; '' for what nobody answers for",
  visibility: 'shown (the default), unstable, probe, or all',
  review: 'waiting for a person, for this reason or for any',
  blocked: 'true or false',
  observed: 'true or false',
};

/** `reeve services`, `endpoints`, `calls`, `credentials`, `findings`, `owners`, `audit`: lists of a running
 *  server. */
export function addLists(program: Command): void {
  for (const list of LISTS) {
    const command = withServer(program.command(list.name).summary(list.summary))
      .addOption(
        new Option('--format <format>').choices(['text', 'json', 'ndjson']).default('text'),
      )
      .option('--limit <count>', 'rows at most', toCount, 200);
    if (list.isSearched) command.option('--search <words>', 'words that the id holds');
    for (const filter of list.filters) {
      command.option(`--${filter} <value>`, WHAT_FOR[filter] ?? `only this ${filter}`);
    }
    command.action((flags: ListFlags) => show(list, flags));
    if (list.name === 'endpoints') addEndpointCommands(command);
    if (list.name === 'credentials') addCredentialCommands(command);
    if (list.name === 'audit') addAuditCommands(command);
  }
}

async function show(list: List, flags: ListFlags): Promise<void> {
  const { items, total } = await readAll(list, flags);
  if (flags.format === 'json') console.log(JSON.stringify({ items, total }, null, 2));
  else if (flags.format === 'ndjson') for (const item of items) console.log(JSON.stringify(item));
  else if (items.length === 0) sayNone(list, flags);
  else {
    console.log(toTable(items, columnsFor(list, items)));
    if (total > items.length)
      console.log(`${counted(total - items.length, 'more row')}: raise --limit, or filter`);
  }
}

/** What is listed where a filter's values come from. */
const LISTED_BY: Readonly<Record<string, string>> = {
  service: 'services',
  from: 'services',
  to: 'services',
  owner: 'owners',
  control: 'findings',
};

/** What was asked for, and, where a name may be mistaken, what lists the names that there are. */
function sayNone(list: List, flags: ListFlags): void {
  const asked = ['search', ...list.filters].filter((name) => typeof flags[name] === 'string');
  const said = asked.map((name) => `--${name} ${quote(flags[name])}`).join(' ');
  console.log(said === '' ? `No ${list.name}.` : `No ${list.name} for ${said}.`);
  const lists = new Set(asked.flatMap((name) => LISTED_BY[name] ?? []));
  for (const name of lists) {
    if (name !== list.name) console.error(`\`reeve ${name}\` lists what there is.`);
  }
}

function columnsFor(list: List, items: readonly never[]): readonly Column<never>[] {
  const more = (list.moreColumns ?? []).filter(({ value }) => items.some((item) => value(item)));
  return [...list.columns, ...more];
}

async function readAll(list: List, flags: ListFlags): Promise<{ items: never[]; total: number }> {
  const items: never[] = [];
  let after: string | null | undefined;
  let total = 0;
  do {
    const page: Page = await ask(
      flags,
      `/api/v1/${list.name}${toQuery(list, flags, items.length, after)}`,
    );
    items.push(...page.items);
    total = page.total ?? items.length;
    after = page.next;
  } while (after && items.length < flags.limit);
  return { items: items.slice(0, flags.limit), total };
}

function toQuery(
  list: List,
  flags: ListFlags,
  have: number,
  after: string | null | undefined,
): string {
  if (list.name === 'owners') return '';
  const query = new URLSearchParams({ limit: String(Math.min(PAGE, flags.limit - have)) });
  for (const name of ['search', ...list.filters]) {
    const value = flags[name];
    if (typeof value === 'string') query.set(name, value);
  }
  if (after) query.set('after', after);
  return `?${query}`;
}
