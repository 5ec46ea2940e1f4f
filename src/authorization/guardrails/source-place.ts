import type { Diagnostic } from '../../base/diagnostic.ts';
import type { Source } from '../../estate/index.ts';

/** Where a source is, as diagnostics say it. */
export function placeOfSource({
  file,
  line,
  column,
}: Source): Pick<Diagnostic, 'file' | 'line' | 'column'> {
  return {
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  };
}
