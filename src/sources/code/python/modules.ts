/** Finds the file of a Python module among the files of a folder.
 *  @see The Python Language Reference §5: The import system */
export class PythonPaths {
  readonly #files: ReadonlySet<string>;
  readonly #folders = new Set<string>();

  constructor(paths: readonly string[]) {
    this.#files = new Set(paths.filter((path) => path.endsWith('.py')));
    for (const path of this.#files) {
      for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) {
        if (this.#folders.has(folder)) break;
        this.#folders.add(folder);
      }
    }
  }

  /** The file, or the folder of a package without code of its own, that `module` names in `from`.
   *  Nothing for modules of libraries. */
  find(module: string, from: string): ModulePlace | undefined {
    const dots = /^\.*/.exec(module)?.[0].length ?? 0;
    const parts = module
      .slice(dots)
      .split('.')
      .filter((part) => part !== '');
    if (dots > 0) {
      let base = folderOf(from);
      for (let up = 1; up < dots; up++) base = folderOf(base);
      return this.at(base, parts);
    }
    // What a program imports is looked up from the folder that it is started in: one of those
    // above the file, and the nearest as a rule.
    for (let base = folderOf(from); ; base = folderOf(base)) {
      for (const root of [base, join(base, 'src')]) {
        const found = this.at(root, parts);
        if (found) return found;
      }
      if (base === '') return undefined;
    }
  }

  /** A module below a folder. */
  at(base: string, parts: readonly string[]): ModulePlace | undefined {
    const path = [base, ...parts].filter((part) => part !== '').join('/');
    for (const file of [`${path}.py`, join(path, '__init__.py')]) {
      if (this.#files.has(file)) return { file, folder: path };
    }
    return this.#folders.has(path) ? { folder: path } : undefined;
  }
}

export interface ModulePlace {
  /** Absent: a package without `__init__.py`. */
  readonly file?: string;
  /** Where its submodules lie. */
  readonly folder: string;
}

function join(base: string, name: string): string {
  return base === '' ? name : `${base}/${name}`;
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}
