import type { Page } from '../api.ts';
import { grouped } from '../names.ts';

interface Props {
  /** Where nobody counts all of it, there is no total. */
  readonly page: Omit<Page<unknown>, 'total'> & Partial<Pick<Page<unknown>, 'total'>>;
  /** Items of a full page. */
  readonly size: number;
  readonly cursors: readonly string[];
  readonly onChange: (cursors: readonly string[]) => void;
}

/** The way through the pages of a list. */
export function Pager({ page, size, cursors, onChange }: Props) {
  const { items, next, total } = page;
  const first = cursors.length * size + 1;
  return (
    <nav className="pager" aria-label="Pages of the list">
      <button
        type="button"
        disabled={cursors.length === 0}
        onClick={() => onChange(cursors.slice(0, -1))}
      >
        Previous
      </button>
      <span aria-live="polite">
        {grouped(first)} to {grouped(first + items.length - 1)}
        {total !== undefined && ` of ${grouped(total)}`}
      </span>
      <button
        type="button"
        disabled={next === null}
        onClick={() => next !== null && onChange([...cursors, next])}
      >
        Next
      </button>
    </nav>
  );
}
