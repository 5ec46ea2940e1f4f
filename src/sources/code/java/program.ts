import { posix } from 'node:path';
import { whileReading } from '../../now-reading.ts';
import type { ReadContext } from '../../reader.ts';
import { isReadable, parseSource, reportBroken } from '../parse.ts';
import { FILE_TYPE, toKotlinFile } from './kotlin.ts';
import { type JavaFile, type JavaMethod, type JavaType, lastName, toJavaFile } from './types.ts';

/** Types above one, and calls of constants through constants. */
const MAX_LEVELS = 12;
/** Files of the same name that are looked at for one type. */
const MAX_CANDIDATES = 50;

/** All Java files of a folder; each is parsed when something asks for it. */
export class Program {
  readonly #context: ReadContext;
  readonly #byName: ReadonlyMap<string, readonly string[]>;
  readonly #kotlin: ReadonlyMap<string, readonly string[]>;
  readonly #files = new Map<string, JavaFile | undefined>();

  constructor(context: ReadContext) {
    this.#context = context;
    const paths = context.paths.filter((path) => /\.(?:java|kt)$/.test(path));
    this.#byName = Map.groupBy(paths, (path) => posix.basename(path).replace(/\.\w+$/, ''));
    this.#kotlin = Map.groupBy(
      paths.filter((path) => path.endsWith('.kt')),
      (path) => posix.dirname(path),
    );
  }

  file(path: string): JavaFile | undefined {
    if (this.#files.has(path)) return this.#files.get(path);
    const source = this.#context.open(path);
    const file =
      source !== undefined && isReadable(source, 'java', this.#context.report)
        ? whileReading(path, () => readTypes(path, source.text))
        : undefined;
    if (file !== undefined) reportBroken(file.root, path, 'java', this.#context.report);
    this.#files.set(path, file);
    return file;
  }

  /** The type that a name means in a file: its own, an imported one, one of its package; else the
   *  only one of that name, or the nearest. */
  type(name: string, from: JavaFile): JavaType | undefined {
    const simple = lastName(name);
    const own = from.types.find((type) => type.name === simple);
    if (own !== undefined) return own;
    // `import com.acme.Routes.Orders` names a type that stands in the file of another.
    const imported = from.imports.find((each) => lastName(each) === simple);
    for (const fileName of [simple, ...outerNames(name), ...outerNames(imported ?? '')]) {
      const path = this.#find(fileName, name, from);
      const type = path && this.file(path)?.types.find((each) => each.name === simple);
      if (type) return type;
    }
    return undefined;
  }

  #find(fileName: string, name: string, from: JavaFile): string | undefined {
    const candidates = (this.#byName.get(fileName) ?? []).slice(0, MAX_CANDIDATES);
    const qualified = [name, ...from.imports].filter(
      (each) => lastName(each) === fileName || each.includes(`.${fileName}.`),
    );
    const wanted = qualified.map((each) => {
      const upTo = each.indexOf(`.${fileName}`);
      return `/${each.slice(0, upTo).replaceAll('.', '/')}/${fileName}`;
    });
    wanted.push(`/${from.packageName.replaceAll('.', '/')}/${fileName}`);
    for (const ending of wanted) {
      const found = nearest(
        candidates.filter((path) => `/${path}`.replace(/\.\w+$/, '').endsWith(ending)),
        from.path,
      );
      if (found !== undefined) return found;
    }
    const isStar = from.imports.some((each) => each.endsWith('.*'));
    return isStar || candidates.length === 1 ? nearest(candidates, from.path) : undefined;
  }

  /** The Kotlin files that declare a constant at their top, of the package of `from` or of one that
   *  it imports the name from. */
  packageConstant(name: string, from: JavaFile): JavaType[] {
    if (!from.path.endsWith('.kt')) return [];
    const imported = from.imports.find((each) => lastName(each) === name);
    const packageName = imported?.slice(0, -name.length - 1) ?? from.packageName;
    const folder = `/${packageName.replaceAll('.', '/')}`;
    const folders = [...this.#kotlin].filter(([path]) => `/${path}`.endsWith(folder));
    const nearby = nearest(
      folders.map(([path]) => path),
      from.path,
    );
    const files = nearby === undefined ? [] : (this.#kotlin.get(nearby) ?? []);
    return files
      .slice(0, MAX_CANDIDATES)
      .flatMap((path) => this.file(path)?.types ?? [])
      .filter((type) => type.name === FILE_TYPE && type.constants.has(name));
  }

  /** A type and everything above it in the folder: itself, superclasses, interfaces. */
  hierarchy(type: JavaType): JavaType[] {
    const found: JavaType[] = [];
    const visit = (each: JavaType, level: number): void => {
      if (level > MAX_LEVELS || found.includes(each)) return;
      found.push(each);
      for (const name of [each.superclass, ...each.interfaces]) {
        const above = name === undefined ? undefined : this.type(name, each.file);
        if (above !== undefined) visit(above, level + 1);
      }
    };
    visit(type, 0);
    return found;
  }

  /** The methods of a type with the declarations above it that they override, nearest first;
   *  inherited ones too. */
  methods(type: JavaType): { readonly method: JavaMethod; readonly type: JavaType }[][] {
    const bySignature = new Map<string, { method: JavaMethod; type: JavaType }[]>();
    for (const owner of this.hierarchy(type)) {
      for (const method of owner.methods) {
        const signature = `${method.name}/${method.parameterCount}`;
        const known = bySignature.get(signature);
        const entry = { method, type: owner };
        if (known === undefined) bySignature.set(signature, [entry]);
        // Overloads of one type are methods of their own.
        else if (known.some((each) => each.type === owner)) {
          bySignature.set(`${signature}/${method.place.line}:${method.place.column}`, [entry]);
        } else known.push(entry);
      }
    }
    return [...bySignature.values()];
  }
}

/** `Middle` and `Outer` of `a.b.Outer.Middle.Inner`: packages are written small. */
function outerNames(name: string): string[] {
  const parts = name.split('.').slice(0, -1).slice(-MAX_LEVELS);
  return parts.filter((part) => /^[A-Z]/.test(part)).reverse();
}

function readTypes(path: string, text: string): JavaFile {
  if (path.endsWith('.kt')) return toKotlinFile(path, text, parseSource('kotlin', text));
  return toJavaFile(path, text, parseSource('java', text));
}

/** The path that shares most folders with `from`. */
function nearest(paths: readonly string[], from: string): string | undefined {
  const shared = (path: string): number => {
    const [a, b] = [path.split('/'), from.split('/')];
    let count = 0;
    while (count < a.length && a[count] === b[count]) count++;
    return count;
  };
  return [...paths].sort((a, b) => shared(b) - shared(a))[0];
}
