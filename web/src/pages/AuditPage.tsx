import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { ACTION_WORDS, actionWords, changeWords } from '../../../src/audit/words.ts';
import type { AuditEntry } from '../../../src/estate/decision.ts';
import { get, type Page, toFilters } from '../api.ts';
import { FilterBar } from '../components/FilterBar.tsx';
import { Pager } from '../components/Pager.tsx';
import { ErrorNote } from '../components/parts.tsx';
import type { Filter } from '../lists.tsx';
import { grouped } from '../names.ts';
import { useCursors } from '../paging.ts';
import type { ListSearch } from '../router.tsx';

const PAGE_SIZE = 50;

const FILTERS: readonly Filter[] = [
  { key: 'action', label: 'What was done', choices: Object.entries(ACTION_WORDS) },
];

/** Who changed what, when and why, the latest first. */
export function AuditPage({ search }: { readonly search: ListSearch }) {
  const navigate = useNavigate();
  const asked = toFilters(search);
  const [cursors, setCursors] = useCursors(JSON.stringify(asked));
  const query = { ...asked, limit: PAGE_SIZE, after: cursors.at(-1) };
  const { data, error, isPending } = useQuery({
    queryKey: ['audit', query],
    queryFn: () => get<Page<AuditEntry>>('/audit', query),
    placeholderData: keepPreviousData,
  });
  const change = useCallback(
    (changed: Readonly<Record<string, string>>) => {
      void navigate({ to: '/audit', search: { ...search, ...changed }, replace: true });
    },
    [navigate, search],
  );
  return (
    <main id="content" className="page">
      <h1>Audit {data && <span className="count">{grouped(data.total)}</span>}</h1>
      <FilterBar filters={FILTERS} search={search} onChange={change} searches={false} />
      {error && <ErrorNote error={error} />}
      {isPending && !error && <p className="dim">Reading …</p>}
      {data && data.items.length === 0 && (
        <p className="empty">
          {Object.keys(asked).length === 0 ? 'Nobody has changed anything.' : 'Nothing fits.'}
        </p>
      )}
      {data && data.items.length > 0 && (
        <>
          <Entries entries={data.items} />
          <Pager page={data} size={PAGE_SIZE} cursors={cursors} onChange={setCursors} />
        </>
      )}
    </main>
  );
}

function Entries({ entries }: { readonly entries: readonly AuditEntry[] }) {
  return (
    <div className="scroll">
      <table className="audit-table cards">
        <caption className="hidden">Audit log</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            <th scope="col">Of</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <Entry key={entry.sequence} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Entry({ entry }: { readonly entry: AuditEntry }) {
  const { at, actor, subject, reason, sequence } = entry;
  const details = changeWords(entry);
  return (
    <tr>
      <th scope="row" className="when">
        <time dateTime={at} title={`entry ${sequence}`}>
          {at.slice(0, 19).replace('T', ' ')} UTC
        </time>
      </th>
      <td data-column="Who">
        <Link to="/audit" search={(before) => ({ ...before, actor })}>
          {actor}
        </Link>
      </td>
      <td data-column="What">
        {actionWords(entry)}
        {details !== '' && <div className="dim">{details}</div>}
      </td>
      <td data-column="Of">
        <Subject action={entry.action} subject={subject} />
        <Link
          to="/audit"
          search={(before) => ({ ...before, subject })}
          className="dim only"
          aria-label={`Only what was done to ${subject}`}
        >
          only this
        </Link>
      </td>
      <td data-column="Why">{reason === '' ? <span className="dim">—</span> : reason}</td>
    </tr>
  );
}

/** What was changed, leading to it as it is now where there is a page of it. */
function Subject({ action, subject }: Pick<AuditEntry, 'action' | 'subject'>) {
  const shown = <code>{subject}</code>;
  const [part = ''] = action.split('.');
  const list = LISTS_OF[part];
  if (list !== undefined) {
    return (
      <Link to="/$list" params={{ list }} search={{ id: subject }} title={subject}>
        {shown}
      </Link>
    );
  }
  if (part !== 'identity') return shown;
  return (
    <Link to="/identity" search={{ q: subject }} title={subject}>
      {shown}
    </Link>
  );
}

const LISTS_OF: Readonly<Record<string, string>> = { endpoint: 'endpoints', template: 'services' };
