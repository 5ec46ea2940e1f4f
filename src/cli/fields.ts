import { plain, wrap } from './terminal.ts';

const WIDTH = 80;

/** A label with what there is to say under it; nothing to say leaves the label out. */
export type Field = readonly [label: string, texts: readonly (string | null)[]];

/** Fields in 80 columns, each text on lines of its own.
 *  @param labelWidth of the longest label that may be */
export function toFields(fields: readonly Field[], labelWidth = 12): string {
  return fields.flatMap((field) => toLines(field, labelWidth)).join('\n');
}

function toLines([label, texts]: Field, labelWidth: number): string[] {
  const said = texts.filter((text) => text !== null);
  const rows = said.flatMap((text) => wrap(plain(text), WIDTH - labelWidth - 2));
  return rows.map((row, index) => `${(index === 0 ? label : '').padEnd(labelWidth)}  ${row}`);
}
