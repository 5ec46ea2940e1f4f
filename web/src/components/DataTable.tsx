import { Link } from '@tanstack/react-router';
import { useTable } from '@tanstack/react-table';
import { useMemo } from 'react';
import { type AnyItem, type Column, features, type List, type ListName } from '../lists.tsx';
import type { ListSearch } from '../router.tsx';
import { RowCheckbox, SelectAll, type Selection } from './selection.tsx';

interface Props<Item extends AnyItem> {
  readonly name: ListName;
  readonly list: List<Item>;
  readonly items: readonly Item[];
  readonly search: ListSearch;
  /** Present where rows can be selected. */
  readonly selection: Selection<Item> | undefined;
}

/** The items of a page; the first cell of each row leads to its detail. Where there is little room, the
 *  style sheet leaves columns out by their `data-column`, or makes each row a card. */
export function DataTable<Item extends AnyItem>(props: Props<Item>) {
  const { name, list, items, search, selection } = props;
  const columns = useMemo<Column<Item>[]>(
    () => [{ id: 'label', header: list.labelHeader }, ...list.columns],
    [list],
  );
  const data = useMemo(() => [...items], [items]);
  const table = useTable({ features, columns, data, getRowId: (item) => item.id });
  return (
    <div className="scroll">
      <table className={`${name}-table`}>
        <caption className="hidden">{list.title}</caption>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {selection && (
                <td className="select">
                  <SelectAll items={items} selection={selection} />
                </td>
              )}
              {group.headers.map((header) => (
                <th key={header.id} scope="col" data-column={header.column.id}>
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id} aria-current={search.id === row.id ? 'true' : undefined}>
              {selection && (
                <td className="select">
                  <RowCheckbox item={row.original} selection={selection} />
                </td>
              )}
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
                  <td key={cell.id} data-column={cell.column.id}>
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
