import type { Diagnostic } from '../../../base/diagnostic.ts';
import { LineMap } from '../../../base/text.ts';
import type { Guardrail } from '../../model/index.ts';

/** Where something in the text of a guardrail lies in its file. */
export function placeIn(
  { file, line, column = 1, text }: Guardrail,
  offset = 0,
): Pick<Diagnostic, 'file' | 'line' | 'column'> {
  const inside = new LineMap(text).position(offset);
  const isFirst = inside.line === 1;
  return {
    file,
    line: line + inside.line - 1,
    column: isFirst ? column + inside.column - 1 : inside.column,
  };
}
