import { posix } from 'node:path';

/** A path relative to `folder` as a path of the whole folder; undefined where it leaves it. */
export function resolveInside(folder: string, path: string): string | undefined {
  const resolved = posix.normalize(posix.join(folder, path)).replace(/\/$/, '');
  if (resolved === '..' || resolved.startsWith('../')) return undefined;
  return resolved === '.' ? '' : resolved;
}
