import { posix } from 'node:path';
import { parse as parseJsonc } from 'jsonc-parser';
import { fieldsAt, listAt, textAt } from '../../../base/pick.ts';
import type { ReadContext } from '../../reader.ts';

const EXTENSIONS = ['.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.mts', '.cts'];
/** TypeScript sources are imported by the names of their results. */
const WRITTEN_AS: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};
/** Packages of a workspace that are looked at by name. */
const MAX_PACKAGES = 2_000;

/** Finds the file that an import means, inside the folder only.
 *  @see Node.js, Modules: CommonJS modules, "All together"; TypeScript, Module resolution */
export class Resolver {
  readonly #context: ReadContext;
  readonly #paths: ReadonlySet<string>;
  readonly #mappings = new Map<string, PathMapping | undefined>();
  #packages: ReadonlyMap<string, string> | undefined;

  constructor(context: ReadContext) {
    this.#context = context;
    this.#paths = new Set(context.paths);
  }

  /** The path of the file that `specifier` means in `from`; undefined for installed packages. */
  resolve(from: string, specifier: string): string | undefined {
    if (specifier.startsWith('.')) return this.#file(join(posix.dirname(from), specifier));
    if (specifier.startsWith('/')) return undefined;
    if (specifier.startsWith('#'))
      return this.#mapped(from, specifier) ?? this.#internal(from, specifier);
    return this.#mapped(from, specifier) ?? this.#inWorkspace(specifier);
  }

  #file(path: string | undefined): string | undefined {
    if (path === undefined) return undefined;
    if (this.#paths.has(path) && EXTENSIONS.includes(posix.extname(path))) return path;
    const extension = posix.extname(path);
    const stem = path.slice(0, path.length - extension.length);
    const candidates = [
      ...(WRITTEN_AS[extension] ?? []).map((other) => stem + other),
      ...EXTENSIONS.map((other) => path + other),
      ...EXTENSIONS.map((other) => (path === '' ? `index${other}` : `${path}/index${other}`)),
    ];
    return candidates.find((candidate) => this.#paths.has(candidate));
  }

  /** The file at a path of the folder, with or without its ending. */
  fileAt(path: string): string | undefined {
    return this.#file(join('', path));
  }

  /** What `imports` of the package around the file says of `#name`.
   *  @see Node.js, Packages: "Subpath imports" */
  #internal(from: string, specifier: string): string | undefined {
    for (let folder = posix.dirname(from); ; folder = posix.dirname(folder)) {
      const path = join(folder, 'package.json') ?? '';
      if (this.#paths.has(path)) return this.#subpath(folder, path, specifier);
      if (folder === '.') return undefined;
    }
  }

  #subpath(folder: string, manifest: string, specifier: string): string | undefined {
    const imports = fieldsAt(parseJsonc(this.#context.open(manifest)?.text ?? ''), 'imports');
    const paths = Object.entries(imports).map(
      ([pattern, target]) => [pattern, targetsIn(target)] as const,
    );
    const mapping = { base: undefined, folder: folder === '.' ? '' : folder };
    for (const target of targetsOf({ ...mapping, paths: Object.fromEntries(paths) }, specifier)) {
      const file = this.#file(target);
      if (file !== undefined) return file;
    }
    return undefined;
  }

  #mapped(from: string, specifier: string): string | undefined {
    for (let folder = posix.dirname(from); ; folder = posix.dirname(folder)) {
      const mapping = this.#mappingIn(folder === '.' ? '' : folder);
      for (const target of mapping ? targetsOf(mapping, specifier) : []) {
        const file = this.#file(target);
        if (file !== undefined) return file;
      }
      if (folder === '.') return undefined;
    }
  }

  #mappingIn(folder: string): PathMapping | undefined {
    if (this.#mappings.has(folder)) return this.#mappings.get(folder);
    const names = ['tsconfig.json', 'tsconfig.base.json', 'jsconfig.json'];
    const path = names
      .map((name) => (folder === '' ? name : `${folder}/${name}`))
      .find((candidate) => this.#paths.has(candidate));
    const text = path === undefined ? undefined : this.#context.open(path)?.text;
    const mapping = text === undefined ? undefined : toMapping(folder, parseJsonc(text));
    this.#mappings.set(folder, mapping);
    return mapping;
  }

  #inWorkspace(specifier: string): string | undefined {
    this.#packages ??= this.#readPackages();
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
    const folder = this.#packages.get(name);
    if (folder === undefined) return undefined;
    const rest = specifier.slice(name.length + 1);
    if (rest !== '')
      return this.#file(join(folder, rest)) ?? this.#file(join(folder, `src/${rest}`));
    return this.#entryOf(folder);
  }

  /** The built entry is seldom in the repository; the source that it is built from is. */
  #entryOf(folder: string): string | undefined {
    const manifest: unknown = parseJsonc(
      this.#context.open(join(folder, 'package.json') ?? '')?.text ?? '',
    );
    const entries = [textAt(manifest, 'source'), textAt(manifest, 'main'), 'src/index', 'index'];
    for (const entry of entries) {
      const file = entry === undefined ? undefined : this.#file(join(folder, entry));
      if (file !== undefined) return file;
    }
    return undefined;
  }

  #readPackages(): ReadonlyMap<string, string> {
    const packages = new Map<string, string>();
    const manifests = this.#context.paths.filter((path) => posix.basename(path) === 'package.json');
    for (const path of manifests.slice(0, MAX_PACKAGES)) {
      const name = textAt(parseJsonc(this.#context.open(path)?.text ?? ''), 'name');
      if (name !== undefined && !packages.has(name)) {
        packages.set(name, path === 'package.json' ? '' : posix.dirname(path));
      }
    }
    return packages;
  }
}

/** `"./src/*.js"`, or the same under conditions. */
function targetsIn(target: unknown): string[] {
  if (typeof target === 'string') return [target];
  if (Array.isArray(target)) return target.flatMap(targetsIn);
  const isConditions = typeof target === 'object' && target !== null;
  return isConditions ? Object.values(target).flatMap(targetsIn) : [];
}

interface PathMapping {
  /** Absent where no `baseUrl` is set: bare names are then packages. */
  readonly base: string | undefined;
  readonly folder: string;
  readonly paths: Readonly<Record<string, readonly string[]>>;
}

function toMapping(folder: string, config: unknown): PathMapping {
  const options = fieldsAt(config, 'compilerOptions');
  const baseUrl = textAt(options, 'baseUrl');
  const paths = Object.entries(fieldsAt(options, 'paths')).map(
    ([pattern, targets]) =>
      [pattern, listAt(targets).filter((target) => typeof target === 'string')] as const,
  );
  return {
    base: baseUrl === undefined ? undefined : join(folder, baseUrl),
    folder,
    paths: Object.fromEntries(paths),
  };
}

function* targetsOf(mapping: PathMapping, specifier: string): Generator<string> {
  const base = mapping.base ?? mapping.folder;
  for (const [pattern, targets] of Object.entries(mapping.paths)) {
    const star = pattern.indexOf('*');
    const prefix = star === -1 ? pattern : pattern.slice(0, star);
    const end = star === -1 ? '' : pattern.slice(star + 1);
    if (star === -1 ? specifier !== pattern : !specifier.startsWith(prefix)) continue;
    if (!specifier.endsWith(end)) continue;
    for (const target of targets) {
      const path = join(
        base,
        target.replace('*', () => specifier.slice(prefix.length, specifier.length - end.length)),
      );
      if (path !== undefined) yield path;
    }
  }
  const plain = mapping.base === undefined ? undefined : join(mapping.base, specifier);
  if (plain !== undefined) yield plain;
}

/** Joins inside the folder that is read; undefined where the result would leave it. */
export function join(folder: string, path: string): string | undefined {
  const joined = posix.join(folder === '' ? '.' : folder, path).replace(/\/$/, '');
  if (joined === '..' || joined.startsWith('../') || joined.startsWith('/')) return undefined;
  return joined === '.' ? '' : joined;
}
