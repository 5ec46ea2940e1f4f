import type { Share } from './score.ts';
import { ratio, type Summary } from './summary.ts';

/** Text as wide as a terminal of 80 columns. */
export type Row = readonly string[];

/** The first column to the left, the others to the right. */
export function table(head: Row, rows: readonly Row[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join('\n');
}

/** Three places, without the zero: `.947`. */
export function share(value: number): string {
  if (Number.isNaN(value)) return '-';
  return value >= 0.9995 ? '1.00' : value.toFixed(3).replace(/^0/, '');
}

export function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}

export function times(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)}x`;
}

export const SUMMARY_HEAD: Row = [
  '',
  'F1 avg',
  'all',
  'prec.',
  'recall',
  '<5',
  '20+',
  'merged',
  'group',
];

export function summaryRow(name: string, of: Summary): Row {
  return [
    name,
    share(of.averaged),
    share(of.overall),
    share(of.precision),
    share(of.recall),
    share(of.recallRare),
    share(of.recallSeen['20+']),
    percent(of.mergedOperations),
    share(of.grouped),
  ];
}

export function shareOf(of: Share | undefined): string {
  return of ? share(ratio(of)) : '-';
}
