import { listAt, textAt } from '../../base/pick.ts';

const MAX_DEPTH = 20;
const LONGEST = 400;
/** Folders and secrets that are asked for at once. */
const AT_ONCE = 4;

/** Asks one path of the API; undefined: there is nothing. */
export type Ask = (path: string) => Promise<unknown>;

/** What is found at a path, and what was left out. */
export interface Walked {
  /** In no order. */
  readonly secrets: readonly { readonly path: string; readonly metadata: unknown }[];
  /** A sentence each. */
  readonly leftOut: readonly string[];
}

/** Reads the metadata of every secret of a KV engine of version 2, and no value.
 *  @see Vault and OpenBao, "KV secrets engine, version 2 (API)": list secrets, read secret metadata */
export async function walk(mount: string, ask: Ask, maxPaths: number): Promise<Walked> {
  const secrets: { path: string; metadata: unknown }[] = [];
  const leftOut = new Set<string>();
  const folders: string[] = [''];
  const paths: string[] = [];
  const open = (path: string) => `${mount}/metadata/${encodePath(path)}`;
  const list = async (folder: string) => {
    const answer = await ask(`${open(folder)}?list=true`);
    for (const item of listAt(answer, 'data', 'keys')) {
      const name = textAt(item) ?? '';
      const path = folder + name;
      if (name === '' || !isPath(path)) leftOut.add('names that no path can have');
      else if (!name.endsWith('/')) {
        if (paths.length < maxPaths) paths.push(path);
        else leftOut.add(`all secrets after the first ${maxPaths}`);
      } else if (path.split('/').length > MAX_DEPTH)
        leftOut.add(`folders deeper than ${MAX_DEPTH}`);
      else if (folders.length < maxPaths) folders.push(path);
      else leftOut.add(`all folders after the first ${maxPaths}`);
    }
  };
  for (let at = 0; at < folders.length; ) {
    const together = folders.slice(at, at + AT_ONCE);
    at += together.length;
    await Promise.all(together.map(list));
  }
  const next = paths[Symbol.iterator]();
  let hasFailed = false;
  const read = async () => {
    for (const path of next) {
      // what is read in part says nothing: the others need not go on
      if (hasFailed) return;
      const metadata = await ask(open(path)).catch((thrown: unknown) => {
        hasFailed = true;
        throw thrown;
      });
      if (metadata !== undefined) secrets.push({ path, metadata });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, read));
  return { secrets, leftOut: [...leftOut] };
}

/** Nothing that leads out of its folder, and nothing that ids and places cannot be made of. */
function isPath(path: string): boolean {
  const isWritten = path.length <= LONGEST && !/[\p{Cc}\p{Cs}#]/u.test(path);
  return isWritten && !path.split('/').some((part) => part === '.' || part === '..');
}

const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
