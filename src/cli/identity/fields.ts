import { plain, wrap } from '../terminal.ts';

const WIDTH = 80;
const LABEL = 12;

/** A label with what there is to say under it; nothing to say leaves the label out. */
export type Field = readonly [label: string, texts: readonly (string | null)[]];

/** Fields in 80 columns, each text on lines of its own. */
export function toFields(fields: readonly Field[]): string {
  return fields.flatMap(toLines).join('\n');
}

function toLines([label, texts]: Field): string[] {
  const said = texts.filter((text) => text !== null);
  const rows = said.flatMap((text) => wrap(plain(text), WIDTH - LABEL - 2));
  return rows.map((row, index) => `${(index === 0 ? label : '').padEnd(LABEL)}  ${row}`);
}
