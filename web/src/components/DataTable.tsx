import { Link } from '@tanstack/react-router';
import { useTable } from '@tanstack/react-table';
import { useMemo } from 'react';
import { type AnyItem, type Column, features, type List, type ListName } from '../lists.tsx';
import type { ListSearch } from '../router.tsx';

interface Props<Item extends AnyItem> {
  readonly name: ListName;
  readonly list: List<Item>;
  readonly items: readonly Item[];
  readonly search: ListSearch;
}

/** The items of a page; the first cell of each row leads to its detail. */
export function DataTable<Item extends AnyItem>({ name, list, items, search }: Props<Item>) {
  const columns = useMemo<Column<Item>[]>(
    () => [{ id: 'label', header: list.labelHeader }, ...list.columns],
    [list],
  );
  const data = useMemo(() => [...items], [items]);
  const table = useTable({ features, columns, data, getRowId: (item) => item.id });
  return (
    <div className="scroll">
      <table>
        <caption className="hidden">{list.title}</caption>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => (
                <th key={header.id} scope="col">
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id} aria-current={search.id === row.id ? 'true' : undefined}>
              {row.getAllCells().map((cell) =>
                cell.column.id === 'label' ? (
                  <th key={cell.id} scope="row">
                    <Link
                      to="/$list"
                      params={{ list: name }}
                      search={{ ...search, id: row.id }}
                      resetScroll={false}
                    >
                      {list.label(row.original)}
                    </Link>
                  </th>
                ) : (
                  <td key={cell.id}>
                    <table.FlexRender cell={cell} />
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
