import { hash } from 'node:crypto';
import { type Finding, SEVERITIES } from '../model.ts';
import { FILTERS, type JudgedEstate } from '../store.ts';
import { toKey, toSearchText } from './key.ts';
import { Subjects } from './subjects.ts';
import type { JudgedRow, JudgedTable } from './tables.ts';

/** A row of a judged table: the common columns and those that its list filters by. */
export type Row = Readonly<JudgedRow & Record<string, string | null>>;

/** The rows of every judged table, each made when it is asked for. */
export function rowsOf(
  judged: JudgedEstate,
  summaries: Readonly<Record<string, unknown>> = {},
): Readonly<Record<JudgedTable, Iterable<Row>>> {
  const subjects = new Subjects(judged);
  const rows = <Item extends { readonly id: string }>(
    list: keyof typeof FILTERS,
    items: readonly Item[],
    searched: (item: Item) => readonly string[],
    position = (item: Item) => item.id,
  ) =>
    Iterator.from(items).map((item) => {
      const subject = 'subject' in item ? String(item.subject) : item.id;
      const values: Readonly<Record<string, unknown>> = {
        environment: subjects.environmentOf(subject),
        ...item,
      };
      const filters = FILTERS[list].filter((name) => name !== 'state' && name !== 'id');
      return toRow(item.id, item, {
        position: toKey(position(item)),
        search: toSearchText(...searched(item)),
        ...Object.fromEntries(filters.map((name) => [name, toFilterKey(values[name])])),
      });
    });
  const idOf = (item: { readonly id: string }) => [item.id];
  return {
    environments: Iterator.from(subjects.environments()).map((name) => plainRow(name, { name })),
    owners: Iterator.from(subjects.owners()).map((summary) => plainRow(summary.owner, summary)),
    summaries: Iterator.from(Object.entries(summaries)).map(([name, summary]) =>
      plainRow(name, { summary }),
    ),
    services: rows('services', judged.services, idOf),
    endpoints: rows('endpoints', judged.endpoints, idOf),
    calls: rows('calls', judged.calls, idOf),
    credentials: rows('credentials', judged.credentials, ({ id, name }) => [name, id]),
    findings: rows('findings', judged.findings, searchedInFinding, worstFirst),
  };
}

function searchedInFinding(finding: Finding): readonly string[] {
  return [finding.control, finding.subject, finding.message, finding.id];
}

function worstFirst(finding: Finding): string {
  return `${SEVERITIES.indexOf(finding.severity)} ${finding.id}`;
}

function plainRow(name: string, body: object): Row {
  return toRow(name, body, { position: toKey(name), search: toSearchText(name) });
}

function toRow(
  id: string,
  entity: object,
  columns: { position: string; search: string } & Record<string, string | null>,
): Row {
  const body = JSON.stringify(entity);
  const digest = hash('sha256', JSON.stringify(columns) + body).slice(0, 32);
  return { id: toKey(id), digest, ...columns, body };
}

function toFilterKey(value: unknown): string | null {
  return value === null || value === undefined ? null : toKey(String(value));
}
