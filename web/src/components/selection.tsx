import { useCallback, useMemo, useState } from 'react';

/** Rows that a person has picked, over several pages of a list. */
export interface Selection<Item extends { readonly id: string }> {
  readonly items: readonly Item[];
  readonly has: (item: Item) => boolean;
  /** Adds all of them, or takes all of them away. */
  readonly set: (items: readonly Item[], isSelected: boolean) => void;
  readonly clear: () => void;
}

export function useSelection<Item extends { readonly id: string }>(): Selection<Item> {
  const [picked, setPicked] = useState<ReadonlyMap<string, Item>>(new Map());
  const set = useCallback((items: readonly Item[], isSelected: boolean) => {
    setPicked((before) => {
      const after = new Map(before);
      for (const item of items) {
        if (isSelected) after.set(item.id, item);
        else after.delete(item.id);
      }
      return after;
    });
  }, []);
  const clear = useCallback(() => setPicked(new Map()), []);
  return useMemo(
    () => ({ items: [...picked.values()], has: ({ id }) => picked.has(id), set, clear }),
    [picked, set, clear],
  );
}

interface RowProps<Item extends { readonly id: string }> {
  readonly item: Item;
  readonly selection: Selection<Item>;
}

export function RowCheckbox<Item extends { readonly id: string }>(props: RowProps<Item>) {
  const { item, selection } = props;
  return (
    <input
      type="checkbox"
      aria-label={`Select ${item.id}`}
      checked={selection.has(item)}
      onChange={(event) => selection.set([item], event.target.checked)}
    />
  );
}

interface AllProps<Item extends { readonly id: string }> {
  readonly items: readonly Item[];
  readonly selection: Selection<Item>;
}

/** Selects what the page shows, and nothing that it does not show. */
export function SelectAll<Item extends { readonly id: string }>(props: AllProps<Item>) {
  const { items, selection } = props;
  const count = items.filter(selection.has).length;
  return (
    <input
      type="checkbox"
      aria-label="Select everything on this page"
      checked={count > 0 && count === items.length}
      ref={(element) => {
        if (element) element.indeterminate = count > 0 && count < items.length;
      }}
      onChange={(event) => selection.set(items, event.target.checked)}
    />
  );
}
