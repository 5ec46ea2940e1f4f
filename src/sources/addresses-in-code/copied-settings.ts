import { posix } from 'node:path';

const COPY = /^[ \t]*(?:COPY|ADD)[ \t]+(.{1,1000})$/gim;
const SETTINGS = /\.ya?ml$/i;
/** Where programs look for their settings. */
const SETTINGS_FOLDER = /^\/etc\/|(?:^|\/)(?:conf|conf\.d|config|configs|provisioning)(?:\/|$)/;
const MAX_FILES = 100;

/** The YAML files that a Dockerfile copies into its image as settings: those that it names, and those
 *  of folders that end up where settings are looked for. Sources are looked for beside the Dockerfile,
 *  which is most often the build context, and at the root.
 *  @see Dockerfile reference: ADD, COPY */
export function copiedSettings(
  dockerfile: string,
  text: string,
  paths: readonly string[],
): readonly string[] {
  const known = new Set(paths);
  const found = [...text.matchAll(COPY)].flatMap(([, words = '']) => {
    const parts = words.trim().split(/\s+/);
    if (parts.some((part) => /^--from\b|[$*?["\]]/.test(part))) return [];
    const [target = '', ...sources] = parts.filter((part) => !part.startsWith('--')).reverse();
    return sources.flatMap((source) => {
      const place = [posix.join(posix.dirname(dockerfile), source), posix.normalize(source)]
        .map((path) => path.replace(/\/$/, ''))
        .find((path) => known.has(path) || paths.some((other) => other.startsWith(`${path}/`)));
      if (place === undefined) return [];
      if (known.has(place)) return SETTINGS.test(place) ? [place] : [];
      if (!SETTINGS_FOLDER.test(target)) return [];
      return paths.filter((path) => path.startsWith(`${place}/`) && SETTINGS.test(path));
    });
  });
  return [...new Set(found)].slice(0, MAX_FILES);
}
