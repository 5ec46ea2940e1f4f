/** Where GitHub and GitLab look for CODEOWNERS inside a repository, in this order: the first one
 *  counts. */
const PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'];

/** The folder of the repository that a CODEOWNERS file would govern, `''` for the root, or undefined
 *  where the file is not in a place that is looked at. */
export function repositoryOf(path: string): string | undefined {
  const place = PLACES.toSorted((a, b) => b.length - a.length).find(
    (one) => path === one || path.endsWith(`/${one}`),
  );
  return place === undefined ? undefined : path.slice(0, -place.length).replace(/\/$/, '');
}

/** The CODEOWNERS file that counts for a repository. */
export function codeownersOf(
  repository: string,
  exists: (path: string) => boolean,
): string | undefined {
  return PLACES.map((place) => within(repository, place)).find(exists);
}

/** A pattern of a repository in `folder` as seen from the folder above, by gitignore's rules: one
 *  with a slash before its end is anchored, any other matches at every depth. */
export function patternWithin(folder: string, pattern: string): string {
  if (folder === '') return pattern;
  const root = `/${folder.replace(/[*?[\]\\!# ]/g, '\\$&')}`;
  if (pattern.startsWith('/')) return `${root}${pattern}`;
  return pattern.slice(0, -1).includes('/') ? `${root}/${pattern}` : `${root}/**/${pattern}`;
}

export function within(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`;
}

/** The folder that a file lies in, `''` for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
