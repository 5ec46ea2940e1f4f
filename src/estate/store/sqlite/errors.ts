import { Fault, messageOf, quote } from '../../../base/fault.ts';

/** Primary result codes that pass: the disk is full, a file cannot be read or written just now, or
 *  another program (a backup) holds the database.
 *  @see https://www.sqlite.org/rescode.html */
const PASSING: Readonly<Record<number, string>> = {
  5: 'another program is using it',
  6: 'another program is using it',
  8: 'it can only be read',
  10: 'the disk gave an error',
  13: 'the disk is full',
  14: 'its file cannot be opened',
};
const BROKEN: Readonly<Record<number, string>> = {
  11: 'its file is damaged',
  26: 'its file is not a database',
};

/** Any error of `node:sqlite` as a Fault; others are given back as they are. */
export function toSqliteFault(thrown: unknown, folder: string): unknown {
  const code = primaryCode(thrown);
  if (code === undefined) return thrown;
  const what = `The store in ${quote(folder, 200)}`;
  const passing = PASSING[code];
  if (passing) {
    return new Fault('estate/unavailable', `${what} is not available: ${passing}`, {
      hint: 'try again; check the disk and the rights of its folder if it stays so',
      cause: thrown,
    });
  }
  const broken = BROKEN[code];
  return broken
    ? new Fault('estate/damaged', `${what} cannot be used: ${broken}`, {
        hint: 'restore it from a backup',
        cause: thrown,
      })
    : new Fault('estate/failed', `${what} failed: ${messageOf(thrown)}`, { cause: thrown });
}

export function isBusy(thrown: unknown): boolean {
  const code = primaryCode(thrown);
  return code === 5 || code === 6;
}

/** Extended result codes hold the primary one in their low byte. */
function primaryCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return undefined;
  return typeof thrown.errcode === 'number' ? thrown.errcode & 0xff : undefined;
}
