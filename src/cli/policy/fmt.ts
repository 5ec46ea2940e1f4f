import { readFileSync } from 'node:fs';
import { formatGuardrails } from '../../authorization/guardrails/index.ts';
import { Fault, messageOf, quote } from '../../base/fault.ts';
import { writeOutput } from '../output.ts';

/** Lays files of guardrails out, in place. Nothing is written unless all of them can be.
 *  @throws {Fault} `policy/file-not-found`, `guardrail/…`, `output/invalid` */
export function fmt(files: readonly string[], { check }: { readonly check: boolean }): void {
  const changed = files.flatMap((file) => {
    const text = read(file);
    const formatted = formatGuardrails(text, file);
    return formatted === text ? [] : [{ file, formatted }];
  });
  for (const { file, formatted } of changed) {
    console.log(file);
    if (!check) writeOutput(formatted, file);
  }
  if (check && changed.length > 0) {
    console.error('not laid out as Cedar does: run `reeve policy fmt` on them');
    process.exitCode = 1;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new Fault(
      'policy/file-not-found',
      `${quote(file, 200)} cannot be read: ${messageOf(thrown)}`,
    );
  }
}
