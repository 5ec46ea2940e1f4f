import type { Diagnostic } from '../../../base/diagnostic.ts';
import type { Comparison, Offence, Rule } from '../comparison.ts';
import { placeOf } from '../words.ts';

export const UNREADABLE: Rule = {
  id: 'check/unreadable',
  severity: 'high',
  title: 'Everything that could be read still can',
  remedy: 'mend the file: what it says of who may call whom is not known, and not gone',
  judge: newlyUnreadable,
};

function newlyUnreadable({ base, head }: Comparison): Offence[] {
  const before = new Set(base.state.diagnostics.filter(costsSomething).map(keyOf));
  return head.state.diagnostics
    .filter((one) => costsSomething(one) && !before.has(keyOf(one)))
    .map((one) => ({
      subject: one.file ?? 'the folder',
      message: `${one.file ?? 'the folder'} can no longer be read as a whole: ${one.message}`,
      newlyReaches: [],
      place: placeOf(one, 'head'),
    }));
}

/** Errors, and whatever left out a whole file. */
export function costsSomething({ severity, code }: Diagnostic): boolean {
  return severity === 'error' || code.startsWith('folder/');
}

/** Lines move, and a problem that was there before is no new one. */
function keyOf({ file, code, message }: Diagnostic): string {
  return `${file} ${code} ${message.replace(/\d+/g, '#')}`;
}
