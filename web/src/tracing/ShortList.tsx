import { type ReactNode, useState } from 'react';
import { counted } from '../names.ts';

interface Props<Item> {
  readonly items: readonly Item[];
  readonly none: string;
  readonly keyOf: (item: Item) => string;
  readonly show: (item: Item) => ReactNode;
  /** Items that are shown at first. */
  readonly few?: number;
  readonly className?: string;
}

/** Shown in addition each time that more is asked for. */
const MANY = 200;

/** The first of a list; more when asked for. */
export function ShortList<Item>({
  items,
  none,
  keyOf,
  show,
  few = 8,
  className = 'evidence',
}: Props<Item>) {
  const [shown, setShown] = useState(few);
  if (items.length === 0) return <p className="dim">{none}</p>;
  const more = items.length - shown;
  return (
    <>
      <ul className={className}>
        {items.slice(0, shown).map((item) => (
          <li key={keyOf(item)}>{show(item)}</li>
        ))}
      </ul>
      {more > 0 && (
        <button type="button" onClick={() => setShown(shown + MANY)}>
          {counted(more, 'more', 'more')}
        </button>
      )}
    </>
  );
}
