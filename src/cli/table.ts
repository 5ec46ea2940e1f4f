import { plain } from './terminal.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | null;
  /** Gives room first; other columns keep their width. What does not fit is cut at the beginning of
   *  `path`s and ids, where they differ least, and at the end of `text`. */
  readonly shrinks?: 'path' | 'text';
}

const GAP = 2;
const NARROWEST = 8;

/** Columns of text within `width` characters. */
export function toTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width = 80,
): string {
  const cells = rows.map((row) => columns.map(({ value }) => plain(value(row) ?? '-')));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  shrink(widths, columns, width);
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) => {
        const room = widths[index] ?? 0;
        return cut(text, room, columns[index]?.shrinks).padEnd(room + GAP);
      })
      .join('')
      .trimEnd();
  return [columns.map(({ title }) => title), ...cells].map(line).join('\n');
}

/** Takes from the widest shrinking column until the line fits. */
function shrink(widths: number[], columns: readonly Column<never>[], width: number): void {
  const total = () => widths.reduce((sum, one) => sum + one + GAP, -GAP);
  while (total() > width) {
    const [widest] = widths
      .map((one, index) => ({ one, index }))
      .filter(({ one, index }) => columns[index]?.shrinks && one > NARROWEST)
      .sort((a, b) => b.one - a.one);
    if (!widest) return;
    widths[widest.index] = widest.one - 1;
  }
}

function cut(text: string, width: number, kind: 'path' | 'text' | undefined): string {
  if (text.length <= width) return text;
  return kind === 'path'
    ? `…${text.slice(text.length - width + 1)}`
    : `${text.slice(0, width - 1)}…`;
}
