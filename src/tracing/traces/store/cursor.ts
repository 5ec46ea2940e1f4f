import { Fault, quote } from '../../../base/fault.ts';

/** The place behind a trace in the order of lists: the latest first, then by id. */
export interface Cursor {
  readonly firstTime: number;
  readonly id: string;
}

export function writeCursor({ firstTime, id }: Cursor): string {
  return `${firstTime}_${id}`;
}

/** @throws {Fault} `tracing/cursor-malformed` */
export function readCursor(text: string): Cursor {
  const [, time, id] = /^(-?[\d.]{1,20})_([0-9a-f]{32})$/.exec(text) ?? [];
  const firstTime = Number(time);
  if (id !== undefined && Number.isFinite(firstTime)) return { firstTime, id };
  throw new Fault('tracing/cursor-malformed', `${quote(text)} is no place in a list of traces`, {
    hint: 'give back `next` of the page before as it is',
  });
}
