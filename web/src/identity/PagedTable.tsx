import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { get, type Page } from '../api.ts';
import { Pager } from '../components/Pager.tsx';
import { ErrorNote } from '../components/parts.tsx';
import { useCursors } from '../paging.ts';

export interface TableColumn<Item> {
  readonly title: string;
  readonly isNumber?: true;
  readonly cell: (item: Item) => ReactNode;
}

interface Props<Item> {
  readonly caption: string;
  /** Of the API, without `/api/v1`. */
  readonly path: string;
  readonly filters: Readonly<Record<string, string>>;
  /** The first names the row. */
  readonly columns: readonly [TableColumn<Item>, ...TableColumn<Item>[]];
  readonly keyOf: (item: Item) => string;
  /** What is said where there is nothing, and no filter is set. */
  readonly empty: ReactNode;
}

const PAGE_SIZE = 50;
const REFRESH_MS = 5_000;

/** A list of the API as a table, page by page. */
export function PagedTable<Item>({ path, filters, empty, ...table }: Props<Item>) {
  const [cursors, setCursors] = useCursors(JSON.stringify([path, filters]));
  const query = { ...filters, limit: PAGE_SIZE, after: cursors.at(-1) };
  const { data, error } = useQuery({
    queryKey: [path, query],
    queryFn: () => get<Page<Item>>(path, query),
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS,
  });
  if (error) return <ErrorNote error={error} />;
  if (!data) return <p className="dim">Reading …</p>;
  if (data.items.length === 0) {
    return <p className="empty">{Object.keys(filters).length === 0 ? empty : 'Nothing fits.'}</p>;
  }
  return (
    <>
      <Table items={data.items} {...table} />
      <Pager page={data} size={PAGE_SIZE} cursors={cursors} onChange={setCursors} />
    </>
  );
}

type TableProps<Item> = Pick<Props<Item>, 'caption' | 'columns' | 'keyOf'> & {
  readonly items: readonly Item[];
};

export function Table<Item>({ caption, columns, keyOf, items }: TableProps<Item>) {
  const [first, ...rest] = columns;
  const classOf = ({ isNumber }: TableColumn<Item>) => (isNumber ? 'number' : undefined);
  return (
    <div className="scroll">
      <table className="identity-table cards">
        <caption className="hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" className={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={keyOf(item)}>
              <th scope="row">{first.cell(item)}</th>
              {rest.map((column) => (
                <td key={column.title} data-column={column.title} className={classOf(column)}>
                  {column.cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
