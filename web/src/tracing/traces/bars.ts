import type { Waterfall, WaterfallRow } from '../model.ts';

/** Where a request stands on the time of its trace, in percent of its length. */
export interface Bar {
  readonly left: number;
  readonly width: number;
}

const LEAST_WIDTH = 0.4;

/** What is not known stands at the beginning; everything stays within the picture. */
export function barOf(
  { offsetMs, durationMs }: Pick<WaterfallRow, 'offsetMs' | 'durationMs'>,
  { durationMs: whole }: Pick<Waterfall, 'durationMs'>,
): Bar {
  if (!(whole > 0)) return { left: 0, width: 100 };
  const within = (value: number): number => Math.min(100, Math.max(0, (value / whole) * 100 || 0));
  const left = Math.min(100 - LEAST_WIDTH, within(offsetMs));
  return { left, width: Math.min(100 - left, Math.max(LEAST_WIDTH, within(durationMs))) };
}

/** 32 hexadecimal digits, as logs and other tools write them; undefined for anything else.
 *  @see W3C Trace Context §3.2.2.3 */
export function readTraceId(text: string): string | undefined {
  const digits = text.trim().toLowerCase().replaceAll('-', '');
  const [, inHeader = digits] = /^00([0-9a-f]{32})[0-9a-f]{16}[0-9a-f]{2}$/.exec(digits) ?? [];
  return /^[0-9a-f]{32}$/.test(inHeader) && !/^0+$/.test(inHeader) ? inHeader : undefined;
}
