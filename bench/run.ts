import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../scripts/run.ts';

/** `npm run bench -- [NAME …] [--OPTION …]`: every benchmark of this folder (or those named), each in a
 *  process of its own, one after the other; options are handed on. */
const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts') && name !== 'run.ts')
  .filter((name) => wanted.length === 0 || wanted.includes(name.replace(/\.ts$/, '')));

for (const file of files) {
  console.log(`\n== ${file.replace(/\.ts$/, '')}`);
  const status = await run(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, file),
    ...options,
  ]);
  if (status !== 0) process.exitCode = status;
}
