import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';

const SOURCES = ['web/src', 'web/index.html', 'web/vite.config.ts', 'package-lock.json'];
const BUILT = 'web/dist/index.html';

/** Builds the console where that is missing or older than its sources.
 *  @throws {Error} where the build fails; it has then said why */
export async function buildWeb(): Promise<void> {
  const builtAt = statSync(BUILT, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (builtAt >= Math.max(...SOURCES.map(changedAt))) return;
  console.error('Building the console ...');
  const vite = join(process.cwd(), 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', '--logLevel', 'warn', 'web'];
  const env = { ...process.env, NODE_ENV: 'production' };
  if ((await run(process.execPath, args, env)) !== 0)
    throw new Error('the console could not be built');
}

function changedAt(path: string): number {
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => changedAt(join(path, name))));
}
