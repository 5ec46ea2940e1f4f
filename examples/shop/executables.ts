import { copyFileSync, linkSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** Gives each service an executable of its own, which the kernel knows it by: Node by another name. On machines of
 *  their own services would be told apart by their users, units or containers.
 *  @returns the path of each */
export function executablesOf(
  names: readonly string[],
  folder: string,
): ReadonlyMap<string, string> {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const real = realpathSync(folder);
  let from = process.execPath;
  return new Map(
    names.map((name) => {
      const path = join(real, name);
      try {
        linkSync(from, path);
      } catch {
        // Another file system, or somebody else's file: one copy, and links to that.
        copyFileSync(from, path);
        from = path;
      }
      return [name, path];
    }),
  );
}
