import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect } from 'react';
import { get, type Page, toFilters } from '../api.ts';
import { DataTable } from '../components/DataTable.tsx';
import { DetailPanel } from '../components/DetailPanel.tsx';
import { FilterBar } from '../components/FilterBar.tsx';
import { Pager } from '../components/Pager.tsx';
import { ErrorNote } from '../components/parts.tsx';
import { useSelection } from '../components/selection.tsx';
import { type AnyItem, LISTS, type List, type ListName } from '../lists.tsx';
import { grouped } from '../names.ts';
import { useCursors } from '../paging.ts';
import type { ListSearch } from '../router.tsx';

interface Props {
  readonly name: ListName;
  /** `q` is what is searched for, `id` what is looked at, all else filters. */
  readonly search: ListSearch;
}

const PAGE_SIZE = 50;

/** A list with its filters, page by page, and the detail of one item beside it. */
export function ListPage({ name, search }: Props) {
  // Which list it is decides the type of its items; from here on they only have to fit each other.
  const list = LISTS[name] as unknown as List<AnyItem>;
  const navigate = useNavigate();
  const { id = '', q = '', ...filters } = search;
  const asked = JSON.stringify({ ...filters, q });
  const [cursors, setCursors] = useCursors(asked);
  const query = {
    ...toFilters({ ...filters, search: q }),
    limit: PAGE_SIZE,
    after: cursors.at(-1),
  };
  const { data, error, isPending } = useQuery({
    queryKey: [name, query],
    queryFn: () => get<Page<AnyItem>>(`/${name}`, query),
    placeholderData: keepPreviousData,
  });
  const selection = useSelection<AnyItem>();
  const { clear } = selection;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is selected belongs to what was asked
  useEffect(clear, [asked]);
  const change = useCallback(
    (changed: Readonly<Record<string, string>>) => {
      void navigate({
        to: '/$list',
        params: { list: name },
        search: { ...search, ...changed },
        replace: true,
      });
    },
    [navigate, name, search],
  );
  const close = useCallback(() => {
    const { id: closed, ...rest } = search;
    void navigate({ to: '/$list', params: { list: name }, search: rest, resetScroll: false });
    const links = document.querySelectorAll<HTMLElement>('tbody th a');
    for (const link of links) {
      if (new URL((link as HTMLAnchorElement).href).searchParams.get('id') === closed) link.focus();
    }
  }, [navigate, name, search]);
  return (
    <main id="content" className={id === '' ? 'page' : 'page with-panel'}>
      <div className="list">
        <h1>
          {list.title} {data && <span className="count">{grouped(data.total)}</span>}
        </h1>
        <FilterBar filters={list.filters} search={search} onChange={change} />
        {error && <ErrorNote error={error} />}
        {isPending && !error && <p className="dim">Reading …</p>}
        {data && data.items.length === 0 && <p className="empty">Nothing fits.</p>}
        {data && data.items.length > 0 && (
          <>
            <DataTable
              name={name}
              list={list}
              items={data.items}
              search={search}
              selection={list.bulk && selection}
            />
            <Pager page={data} size={PAGE_SIZE} cursors={cursors} onChange={setCursors} />
            {list.bulk?.(selection)}
          </>
        )}
      </div>
      {id !== '' && <DetailPanel name={name} list={list} id={id} onClose={close} />}
    </main>
  );
}
