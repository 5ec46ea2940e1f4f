import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Compiled, CompiledFile } from '../../authorization/targets/index.ts';
import { Fault, messageOf, quote } from '../../base/fault.ts';

const IS_YAML = /\.ya?ml$/;

/** Files one behind the other: YAML as one stream of documents, others under their names. */
export function toText(files: readonly CompiledFile[]): string {
  if (files.every(({ path }) => IS_YAML.test(path))) {
    return files.map(({ path, text }) => `---\n# ${path}\n${text}`).join('');
  }
  const [only] = files;
  if (only && files.length === 1) return only.text;
  return files.map(({ path, text }) => `==> ${path} <==\n${text}\n`).join('');
}

/** One object; without the files where they are written elsewhere. */
export function toJson(target: string, { files, notices }: Compiled, withFiles: boolean): string {
  const written = withFiles ? files : files.map(({ path }) => ({ path }));
  return `${JSON.stringify({ schema: 'reeve.policy-compile/v1', target, files: written, notices }, null, 2)}\n`;
}

/** @throws {Fault} `output/invalid` */
export function writeFiles(files: readonly CompiledFile[], folder: string): void {
  try {
    for (const { path, text } of files) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  } catch (thrown) {
    throw new Fault(
      'output/invalid',
      `${quote(folder, 200)} cannot be written to: ${messageOf(thrown)}`,
      { hint: 'name a folder that you may write to' },
    );
  }
}
