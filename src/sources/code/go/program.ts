import { whileReading } from '../../now-reading.ts';
import type { ReadContext } from '../../reader.ts';
import { FrameworkTable, type Program } from '../interpreter/framework.ts';
import { Interpreter } from '../interpreter/interpreter.ts';
import { RouteBook } from '../interpreter/route-book.ts';
import { Scope } from '../interpreter/scope.ts';
import type { Semantics } from '../interpreter/semantics.ts';
import {
  type Call,
  type FunctionValue,
  hole,
  itemsOf,
  listValue,
  type ModuleValue,
  routerIn,
  textValue,
  UNKNOWN,
  type Value,
} from '../interpreter/value.ts';
import { isReadable, parseSource } from '../parse.ts';
import type { CodePlace, RouterModel } from '../routes.ts';
import { chi } from './frameworks/chi.ts';
import { gorillaMux } from './frameworks/gorilla-mux.ts';
import { groups } from './frameworks/groups.ts';
import { grpcGateway } from './frameworks/grpc-gateway.ts';
import { netHttp } from './frameworks/net-http.ts';
import { type GoFile, lowerGo } from './lower.ts';
import { GoPaths } from './modules.ts';

const TABLE = new FrameworkTable([netHttp, gorillaMux, groups, chi, grpcGateway]);

/** Packages of one folder that are parsed. */
const MAX_PACKAGES = 5_000;
/** Methods that a call on an interface may mean. */
const MAX_TARGETS = 40;

/** All Go packages of a folder, run for their routes. */
export class GoProgram implements Semantics {
  readonly constructors: readonly string[] = [];
  readonly #context: ReadContext;
  readonly #paths: GoPaths;
  readonly #packages = new Map<string, ModuleValue>();
  readonly #entries: FunctionValue[] = [];
  readonly #methods = new Map<string, FunctionValue[]>();
  readonly #wanted = new Set<string>();
  readonly #program: Program;

  constructor(context: ReadContext, modules: ReadonlyMap<string, string>) {
    this.#context = context;
    this.#paths = new GoPaths(context.paths, modules);
    const interpreter = new Interpreter(this);
    // Shared packages make routers for the programs that call them.
    const book = new RouteBook(({ file }) => interpreter.origin ?? file);
    this.#program = { book, interpreter };
  }

  /** Runs the packages in these folders, and what they need of others. `mains` are folders of
   *  programs, which may say with what the packages are set up. */
  run(folders: readonly string[], mains: readonly string[]): RouterModel {
    const { book, interpreter } = this.#program;
    for (const folder of folders) this.#wanted.add(folder);
    for (const folder of [...folders, ...mains]) {
      const { scope } = this.#package(folder);
      for (const declared of scope.names) scope.own(declared);
    }
    for (const entry of this.#entries) interpreter.runAlone(entry);
    interpreter.runWaiting();
    if (interpreter.isExhausted) {
      this.#context.report({
        severity: 'note',
        code: 'go/too-many-steps',
        message: 'the Go code takes more steps than the limit allows, so routes may be missing',
        file: '',
      });
    }
    return book.finish('brace');
  }

  runsAlone(file: string): boolean {
    return this.#wanted.has(folderOf(file));
  }

  global(): Value | undefined {
    return undefined;
  }

  load(): void {}

  external(path: string, call: Call): Value | undefined {
    return TABLE.external(path, call, this.#program) ?? textFunction(path, call);
  }

  member(object: Value, name: string): Value | undefined {
    if (object.is === 'external') return constant(object.path, name);
    return TABLE.member(object, name, this.#program);
  }

  instance(path: string, place: CodePlace): Value | undefined {
    return TABLE.instance(path, place, this.#program);
  }

  /** A method of an interface: all methods of that name that take as many arguments, as far as
   *  they can have to do with routes. */
  unknownMethod(object: Value, name: string, call: Call): Value | undefined {
    const isTable = object.is === 'record' || object.is === 'unknown';
    const carries = call.positional.some((value) => routerIn(value));
    const gives = call.positional.length === 0 && /^Routes?$|Handler$|Router$/.test(name);
    if (!isTable || (!carries && !gives)) return undefined;
    const targets = (this.#methods.get(name) ?? []).filter(
      ({ node }) => node.parameters.length === call.positional.length,
    );
    if (targets.length === 0 || targets.length > MAX_TARGETS) return undefined;
    const results = targets.map((target) => this.#program.interpreter.call(target, call));
    const [first = UNKNOWN] = results.filter(({ is }) => is !== 'unknown');
    const isList = first.is === 'list' || (first.is === 'record' && first.class === undefined);
    return isList ? listValue(results.flatMap(itemsOf)) : first;
  }

  #package(folder: string): ModuleValue {
    const known = this.#packages.get(folder);
    if (known) return known;
    const scope = new Scope(folder);
    const made: ModuleValue = { is: 'module', path: folder, scope };
    this.#packages.set(folder, made);
    if (this.#packages.size > MAX_PACKAGES) return made;
    const files = this.#paths.filesOf(folder).flatMap((path) => {
      const file = this.#context.open(path);
      if (!file || !isReadable(file, 'go', this.#context.report)) return [];
      return [{ path, content: whileReading(path, () => lowerGo(parseSource('go', file.text))) }];
    });
    const methods = new Map<string, (() => [string, FunctionValue])[]>();
    for (const { path, content } of files) this.#declare(path, content, scope, methods);
    return made;
  }

  #declare(
    path: string,
    content: GoFile,
    scope: Scope,
    methods: Map<string, (() => [string, FunctionValue])[]>,
  ): void {
    const { interpreter } = this.#program;
    const file = new Scope(path, scope);
    for (const { path: imported, alias } of content.imports) {
      file.define(alias ?? this.#nameOf(imported, path), () => this.#import(imported, path));
    }
    for (const node of content.functions) {
      const value = interpreter.functionValue(node, file);
      const receiver = node.receiver?.type;
      if (receiver?.is === 'name') {
        const all = methods.get(receiver.name) ?? [];
        methods.set(receiver.name, all);
        all.push(() => [node.name, value]);
        const named = this.#methods.get(node.name);
        if (named) named.push(value);
        else this.#methods.set(node.name, [value]);
      } else {
        const isEntry =
          node.name === 'init' || (node.name === 'main' && content.packageName === 'main');
        if (isEntry) this.#entries.push(value);
        if (node.name !== 'init' && node.name !== '') scope.set(node.name, value);
      }
    }
    for (const node of content.types) {
      scope.define(node.name, () => {
        const type = interpreter.classValue(node, file);
        for (const method of methods.get(node.name) ?? []) type.members.set(...method());
        return type;
      });
    }
    for (const statement of content.values) {
      for (const target of statement.targets) {
        if (target.is !== 'name') continue;
        // Worked out once, whichever of its names is asked for first.
        scope.define(target.name, () => {
          const local = new Scope(path, file);
          interpreter.run([statement], local);
          return local.own(target.name) ?? UNKNOWN;
        });
      }
    }
  }

  #import(path: string, from: string): Value {
    const folder = this.#folderOf(path, from);
    if (folder !== undefined) return this.#package(folder);
    return { is: 'external', path: path.replace(/\/v\d+(?=$|\/)/, '') };
  }

  /** The folder of a package of the program's own. */
  #folderOf(path: string, from: string): string | undefined {
    const folder = this.#paths.find(path, from);
    return folder === folderOf(from) ? undefined : folder;
  }

  /** A package goes by the name that it gives itself; those of libraries by the end of their path. */
  #nameOf(path: string, from: string): string {
    const folder = this.#folderOf(path, from);
    const [file] = folder === undefined ? [] : this.#paths.filesOf(folder);
    const text = file === undefined ? '' : (this.#context.open(file)?.text ?? '');
    const own = /^package[ \t]+(\w+)/m.exec(text)?.[1];
    if (own !== undefined) return own;
    const last =
      path
        .replace(/\/v\d+$/, '')
        .split('/')
        .at(-1) ?? path;
    return last.replace(/^go-|\.v\d+$/g, '');
  }
}

/** `http.MethodGet`, `echo.GET`, `fiber.MethodGet`. */
function constant(path: string, name: string): Value | undefined {
  const method = /^(?:net\/http|github\.com\/gofiber\/fiber)$/.test(path)
    ? /^Method([A-Z][a-z]+)$/.exec(name)?.[1]
    : path === 'github.com/labstack/echo'
      ? /^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/.exec(name)?.[0]
      : undefined;
  return method === undefined ? undefined : textValue(method.toUpperCase());
}

/** Functions of the standard library with which programs put paths together. */
function textFunction(path: string, call: Call): Value | undefined {
  const texts = call.positional.map((value) => (value.is === 'text' ? value.text : undefined));
  const [first] = texts;
  switch (path) {
    case 'strings.ToUpper':
      return first === undefined ? undefined : textValue(first.toUpperCase());
    case 'strings.ToLower':
      return first === undefined ? undefined : textValue(first.toLowerCase());
    case 'strings.TrimSuffix':
      return first === undefined
        ? undefined
        : textValue(
            texts[1] && first.endsWith(texts[1]) ? first.slice(0, -texts[1].length) : first,
          );
    case 'path.Join':
    case 'net/url.JoinPath':
      return textValue(
        texts
          .map((text) => text ?? hole(''))
          .join('/')
          .replaceAll(/\/{2,}/g, '/'),
      );
    case 'fmt.Sprintf':
      return first === undefined ? undefined : formatted(first, call.positional.slice(1));
    default:
      return undefined;
  }
}

function formatted(format: string, values: readonly Value[]): Value {
  let next = 0;
  return textValue(
    format.replaceAll(/%[+#]?[svdq]/g, () => {
      const value = values[next++];
      return value?.is === 'text' ? value.text : hole('');
    }),
  );
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}
