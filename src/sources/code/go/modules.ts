import { isProductionSource } from '../production.ts';

/** Finds the folder of a Go package among the files of a folder.
 *  @see Go Modules Reference: Packages, modules, and versions */
export class GoPaths {
  readonly #folders = new Map<string, string[]>();
  /** Module path and folder, the longest first. */
  readonly #modules: readonly { readonly path: string; readonly folder: string }[];

  /** @param modules the text of every `go.mod`, by its path */
  constructor(paths: readonly string[], modules: ReadonlyMap<string, string>) {
    for (const path of paths) {
      if (!path.endsWith('.go') || !isProductionSource(path)) continue;
      const folder = folderOf(path);
      const files = this.#folders.get(folder);
      if (files) files.push(path);
      else this.#folders.set(folder, [path]);
    }
    this.#modules = [...modules]
      .flatMap(([file, text]) => {
        const path = /^[ \t]*module[ \t]+"?([^\s"]+)/m.exec(text)?.[1];
        return path === undefined ? [] : [{ path, folder: folderOf(file) }];
      })
      .sort((a, b) => b.path.length - a.path.length);
  }

  filesOf(folder: string): readonly string[] {
    return this.#folders.get(folder) ?? [];
  }

  /** The folder of the package that `path` names in `from`; nothing for those of libraries. */
  find(path: string, from: string): string | undefined {
    const module = this.#modules.find(
      (candidate) => path === candidate.path || path.startsWith(`${candidate.path}/`),
    );
    if (module) {
      const rest = path.slice(module.path.length).replace(/^\//, '');
      const folder = [module.folder, rest].filter((part) => part !== '').join('/');
      return this.#folders.has(folder) ? folder : undefined;
    }
    return this.#withoutModule(path, from);
  }

  /** Code from before modules lies in its repository as in `$GOPATH/src`: the end of the import
   *  path is the folder's. */
  #withoutModule(path: string, from: string): string | undefined {
    const parts = path.split('/');
    const isRemote = parts[0]?.includes('.') ?? false;
    if (!isRemote || this.#modules.some(({ folder }) => isInside(from, folder))) return undefined;
    for (let base = folderOf(from); ; base = folderOf(base)) {
      for (let start = 3; start <= parts.length; start++) {
        const rest = parts.slice(start).join('/');
        const folder = [base, rest].filter((part) => part !== '').join('/');
        // Without a rest only the folder's own name can tell that it is the repository.
        const isOwn = rest !== '' || folder.split('/').at(-1) === parts[2];
        if (isOwn && folder !== folderOf(from) && this.#folders.has(folder)) return folder;
      }
      if (base === '') return undefined;
    }
  }
}

function isInside(file: string, folder: string): boolean {
  return folder === '' || file.startsWith(`${folder}/`);
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}
